"""The gates: one Great Expectations suite a stage (ingest, clean, extract) and one a table.

Start at `gate.py`, which checks frames and says what to publish, reject and quarantine. The rules themselves are data:
`<suite>.toml`, `records.toml` (the four record tables) and `every_suite.toml`. `rules.py` reads them against the one
declaration of the columns, `derived.py` works out the columns that they compare with, `suites.py` makes suites of them.
Importing the package does not import Great Expectations, which takes seconds.
"""
