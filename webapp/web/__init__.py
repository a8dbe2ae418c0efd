"""What every page shares, and nothing of the field."""
