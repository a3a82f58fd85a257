"""What a run is made from: settings with bounds, and the config that names them all.

One table of settings drives the controls, the command line and links; `run` is the
config that is made of them, which nothing mutates and from which a run can be repeated.
"""
