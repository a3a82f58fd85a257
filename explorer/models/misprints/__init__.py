"""Architectures with one formula as popular articles print it wrongly.

A file of this folder that ends in `MISPRINT` is one. None is offered among the
architectures: a lesson trains each beside the right one.
"""
