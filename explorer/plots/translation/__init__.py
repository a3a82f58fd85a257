"""How a translation is written, token by token."""
