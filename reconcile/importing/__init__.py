"""Files in: which exports are new, whole and accepted, and where a chain is damaged."""
