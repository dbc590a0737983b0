"""What is wrong in a file, where it stands, and how it is mended: strict YAML, spans, suggestions."""
