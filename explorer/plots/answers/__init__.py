"""What a model answers: one picture per kind of answer.

The panel `prediction` draws a forecast, a text, a tune, tags, classes or pairs by the
file whose name the answer has.
"""
