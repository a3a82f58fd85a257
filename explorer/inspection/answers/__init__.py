"""What a model answers to its task, as arrays: one file per way of answering."""
