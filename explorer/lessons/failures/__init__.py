"""A museum of failures: one file each, and the number by which a run fails.

A file of this folder that ends in `EXHIBIT` is an exhibit.
"""
