"""Rows of all tills: exports read row by row, the registry of tills, Parquet in a folder or store, DuckDB."""
