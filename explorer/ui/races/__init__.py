"""The page Compare: settings that race each other."""
