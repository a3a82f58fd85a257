"""Several runs on one chart.

Races, classes, chosen runs and what a pretrained model is worth: who is where, and in
words who has won.
"""
