"""What spans the rooms: dashboard and first run."""
