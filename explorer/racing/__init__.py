"""Races without a browser: which settings take part, and how they stand."""
