"""A simulated town: people, shops and tills over many weeks, with planted double uses, for reconciliation."""
