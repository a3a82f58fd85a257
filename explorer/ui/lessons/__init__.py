"""The page Lessons: a question, a guess, the runs that answer, and a task."""
