"""The live part of a page: the socket, its frames, and the component that draws.

A tab says its `wishes` through the socket of `server`; `frames` makes of a run's moment
what every panel shows, and `changes` what a browser must be told of that.
"""
