"""The page Runs: the table of runs and what can be done with them.

`shelf` is the page, `table` finds and sorts, `actions` renames, exports, deletes and
brings back, and `compared` draws what is chosen.
"""
