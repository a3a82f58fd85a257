"""The page Data, and how own data comes in."""
