"""Runs as files: what is written, what is read back, and a model in plain PyTorch.

`pack` writes a zip and `unpack` reads one that anybody may have made; `bundle` and
`plain` make a program of a run that needs nothing of this one.
"""
