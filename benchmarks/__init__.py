"""What the product promises to measure: every module here with a `main()` prints its figures."""
