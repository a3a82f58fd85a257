"""Every dataset and architecture there is, and how a choice of them becomes a run.

`specs` has them by name, `choosing` makes a checked config of what a person chose, and
`building` makes the data and the model that a config asks for.
"""
