"""What a model answers: one picture per kind of answer."""
