"""Tests of the rules, each against figures an accountant can check by hand."""
