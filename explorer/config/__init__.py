"""What a run is made from: settings with bounds, and the config that names them all."""
