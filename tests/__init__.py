"""Tests of the rules, the server and whole stories."""
