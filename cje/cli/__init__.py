"""The command `cje`: `main` is the entry point, `commands` the lazily imported groups."""
