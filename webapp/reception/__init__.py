"""The recipient's own pages: no sign-in, no staff code."""
