"""Every dataset and architecture there is, and how a choice of them becomes a run.

`specs` has them by name, `choosing` makes a config of what a person chose, `fitting`
sees that its parts fit, and `building` makes the data and the model that it asks for.
"""
