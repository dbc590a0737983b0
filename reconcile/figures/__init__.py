"""Totals, settlements and a partner's statement."""
