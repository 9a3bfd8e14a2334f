"""The command line: run, show, query, status, tables. Commands import what they need when they are called."""
