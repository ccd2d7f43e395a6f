"""What happens now: intake (the one way in), facts, the board, views and the push to screens."""
