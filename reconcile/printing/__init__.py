"""Findings and totals in words, and the report as one page of HTML."""
