"""What `python -m explorer` does, one file per command.

`commands` imports a command when it is called, so that help and refusals come at once;
`arguments` is how all of them read what they are given, and how they refuse it.
"""
