"""Carries a letter to each addressee, and shows where it is."""
