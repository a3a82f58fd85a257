"""How a translation is written, token by token.

Where the model looks in the source, what else it thought of, and what it would write if
it looked elsewhere.
"""
