"""What changes while a run trains: losses, measures, gradients."""
