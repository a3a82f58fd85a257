"""Two nets against each other: how good their windows are."""
