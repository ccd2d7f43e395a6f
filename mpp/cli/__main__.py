"""``python -m mpp.cli``: the command without its script."""

from mpp.cli import main

if __name__ == "__main__":
    main()
