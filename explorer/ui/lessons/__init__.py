"""The page Lessons: a question, a guess, the runs that answer, and a task.

`listed` and `museum` are the first screen, `shown` is a lesson from its question to its
task, and `attempts` is how far a reader has come.
"""
