"""What can be read out of a trained state, as arrays: one file per view.

A file that ends in `VIEW` is a view, with its options and the runs to which it applies.
Its arrays are drawn by a panel of `plots`, which says what question they answer.
"""
