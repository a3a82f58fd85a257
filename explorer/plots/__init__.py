"""From recorded arrays to figures and sentences; each panel is declared by its picture.

`panel` is what a panel is, `parts` and `words` are what pictures and sentences are made
of, and `theme` says what colours mean.
"""
