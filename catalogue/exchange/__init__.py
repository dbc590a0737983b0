"""Offers in and out of other forms: spreadsheets, the forge's web editor, JSON Schema, link checks."""
