"""RECONCILING: all tills' journals in one place; double uses with proof, totals, settlements.

rows/        exports walked row by row, the tills that count, Parquet and DuckDB over it
importing/   files in; runs, damage: what a chain shows, and where it does not hold
findings/    signed lists and catalogue beside the rows; rows narrowed, then judged; proofs, proposals
figures/     totals, settlements, statements; public/: what may be published, and how
printing/    sentences and the report as a page
page/        the operator's page
cli/         the commands `cje reconcile …`
"""
