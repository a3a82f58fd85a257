"""Recurrences compiled for the processor, where PyTorch has only many small operations.

PyTorch's RNN and GRU run every operation of every time step by itself on CPUs. `nets`
has both as drop-in modules, with answers equal to rounding; `rnn` and `gru` hold one
recurrence each, forward and backward in time.
"""
