"""What a sweep found, in pictures and words.

The pictures are Optuna's in this app's looks; each has a sentence that is computed from
the numbers that it shows.
"""
