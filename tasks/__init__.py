"""The Prefect tasks: each works on a batch of issues, and hands the work itself to `gazette` and `expectations`."""
