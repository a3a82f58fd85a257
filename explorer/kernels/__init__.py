"""Recurrences compiled for the processor, where PyTorch has only many small operations.

PyTorch's RNN and GRU run every operation of every time step by itself on CPUs. `nets`
has both as drop-in modules, `layers` the recurrences of other layers, equal to
rounding; every other file holds one recurrence, forward and backward in time.
"""
