"""RECONCILING: all tills' journals in one place; double uses with proof, totals, settlements.

export, evidence      a till's export walked row by row; what its evidence says
sources, importing, batch   files in; runs, damage: what a chain shows, and where it does not hold
registry, known       which tills count; signed lists, catalogue, keys
columns, store, query Parquet in a folder or an object store, and DuckDB over it
suspects, findings    rows narrowed, then judged; report, totals, settlement: what is told of them
office                the operator's page
"""
