"""Problems in content files: strict YAML, positions in a file, messages and suggested corrections."""
