"""The page Sweep: how one is set up, and what it found.

`setup` offers what may vary, from the bounds of the settings; `shown` follows a sweep
as it goes, and `trials` opens one of its runs in the Playground.
"""
