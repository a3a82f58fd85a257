"""A run as a fold: `advance(config, state, budget) -> (state, progress)`.

`trainer` takes the steps, `rules` and `objectives` say how a model learns and what it
minimises; the rest measures, forecasts and writes with what it has learned.
"""
