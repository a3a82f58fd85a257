"""A run as a fold: `advance(config, state, budget) -> (state, progress)`."""
