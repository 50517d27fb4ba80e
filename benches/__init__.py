"""Measurements of speed, side by side with the least that the same work could cost. ``python -m benches --help``."""
