"""The vault: its folder, the database of decisions, the audit log, one campaign and its people."""
