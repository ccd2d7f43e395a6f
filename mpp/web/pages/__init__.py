"""The pages: each offers `layout(...)`, its live cells and `register(...)`."""
