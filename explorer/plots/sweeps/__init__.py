"""What a sweep found, in pictures and words."""
