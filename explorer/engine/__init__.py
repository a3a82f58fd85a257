"""Where runs are trained: a cluster, the runner that drives them, and the live hub.

`service` is what pages and the command line call, `visitor` what one person may; the
`runner` hands slices of runs to workers, and `hub` tells those who watch what came.
"""
