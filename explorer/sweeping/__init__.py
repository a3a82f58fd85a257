"""A sweep: what varies, which trial comes next, and all of it in one process.

`plan` and `space` say what is tried, and `study` chooses; the engine trains the trials
of pages, `in_one_process` those of the command line.
"""
