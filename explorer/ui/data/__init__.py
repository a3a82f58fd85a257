"""The page Data, and how own data comes in.

`ways_in` takes a file, pasted numbers or a drawing, `reading` asks what the table does
not say by itself, and `preparing` shows every step before it is used.
"""
