"""What a model answers to its task, as arrays: one file per way of answering.

The view `prediction` takes the one that fits the run's task; what it gives is drawn by
the file of the same name in `plots/answers`.
"""
