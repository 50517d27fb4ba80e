"""Tests of the HTTP edge and the processes."""
