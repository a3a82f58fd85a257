"""One file per architecture, in torch.

A file that ends in `SPEC` is an architecture: its settings, its layers, its equations,
and what can be seen of it while it computes. `base` says what all have in common.
"""
