"""Tests of what talks to the outside world: real programs, real processes, real listeners."""
