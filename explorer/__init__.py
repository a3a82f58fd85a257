"""Sequence Explorer: pick a sequence model, train it live, and look inside it."""

__version__ = "0.1.0"
