"""Tests of the rules of e-way bills."""
