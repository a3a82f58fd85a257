"""Several runs on one chart."""
