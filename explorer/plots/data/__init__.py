"""Datasets, before anything is trained.

The pictures of the page Data and of the preview beside the settings: what the windows
hold, and what is known of them.
"""
