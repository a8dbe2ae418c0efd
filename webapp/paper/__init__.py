"""Letters on paper: printed, handed over to the post with a deposit slip, and followed."""
