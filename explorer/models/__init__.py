"""One file per architecture, in torch."""
