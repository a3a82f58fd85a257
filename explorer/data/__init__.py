"""One file per dataset, in numpy alone, and the ways in which own data comes.

A file that ends in `SPEC` is a dataset; `base` says what each gives. The other files
read what people bring: bytes, then tables and cells, then series, texts or examples.
"""
