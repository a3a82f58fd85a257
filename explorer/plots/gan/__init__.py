"""Two nets against each other: how good their windows are.

Pictures of generated windows beside real ones: their values, their rhythm, and what
small judges make of them.
"""
