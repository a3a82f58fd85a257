"""Datasets, before anything is trained."""
