"""Labelled packages, and how well the rules do on them: `python -m bench.quality`."""
