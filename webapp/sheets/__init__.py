"""Spreadsheets as such, nothing of the field."""
