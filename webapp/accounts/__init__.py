"""Who may act, and for which organisation."""
