"""The page Data, and how own series and texts come in."""
