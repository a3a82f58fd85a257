"""The page Class: what a teacher sets, and what students take part in."""
