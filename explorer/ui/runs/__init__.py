"""The page Runs: the table of runs and what can be done with them."""
