"""The flows. Start reading at `flows.pipeline`."""
