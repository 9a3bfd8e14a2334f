"""Coverage-guided fuzzing of what reads foreign text. Run: make fuzz [FUZZ_SECONDS=600]."""
