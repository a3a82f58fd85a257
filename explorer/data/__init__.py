"""One file per dataset, in numpy alone."""
