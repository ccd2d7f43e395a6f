"""Pure functions from data to components, cells and words."""
