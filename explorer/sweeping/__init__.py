"""A sweep: what varies, which trial comes next, and all of it in one process."""
