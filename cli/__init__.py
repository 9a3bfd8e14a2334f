"""The command line: run, show, query, status, tables, audit. Commands import what they need when they are called."""
