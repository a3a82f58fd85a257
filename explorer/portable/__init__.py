"""Runs as files: what is written, what is read back, and a model in plain PyTorch."""
