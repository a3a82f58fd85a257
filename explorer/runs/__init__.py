"""The record of a run, and the store that keeps it.

`records` is what pages and pictures see of a run, free of torch; `store` keeps it in
SQLite or another database, with races, sweeps and classes as groups of runs.
"""
