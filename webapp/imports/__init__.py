"""A spreadsheet becomes contacts."""
