"""What `python -m explorer` does, one file per command."""
