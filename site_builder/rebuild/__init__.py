"""Incremental builds: a key for the inputs of each page, and a cache of the last build."""
