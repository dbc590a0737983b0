"""Rules that no single field can hold: across fields, across files, and on the words that people read."""
