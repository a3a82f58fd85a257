"""The page Sweep: how one is set up, and what it found."""
