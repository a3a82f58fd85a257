"""Measurements behind the promises: each prints ratios taken side by side."""
