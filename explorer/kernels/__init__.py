"""Recurrences compiled for the processor, where PyTorch has only many small operations.

PyTorch has a fused path on CPUs for the LSTM alone; its RNN and GRU run every operation
of every time step by itself. `nets` has the two as drop-in modules: the same
parameters, the same answers to rounding, several times as fast. `rnn` and `gru` each
hold one recurrence, forward and backward in time.
"""
