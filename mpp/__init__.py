"""The mall: everything that touches the world."""
