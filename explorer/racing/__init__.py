"""Races without a browser: which settings take part, and how they stand.

The page Compare and the command line make their races of `entries`, and read how one
stands from the records of its runs.
"""
