"""What can be read out of a trained state, as arrays: one file per view."""
