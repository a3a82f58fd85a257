"""What goes on inside a model: gates, heads, gradients, states."""
