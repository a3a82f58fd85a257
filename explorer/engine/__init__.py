"""Where runs are trained: a cluster, the runner that drives them, and the live hub."""
