"""What goes on inside a model: gates, heads, gradients, states.

The panels of the page Look inside and of the Playground's second half, each beside its
question, its settings and the views that it needs.
"""
