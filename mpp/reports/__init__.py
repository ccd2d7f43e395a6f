"""Reports and exports: one description of a table, any number of ways to write it."""
