"""Tests of pages: how they are laid out, and what both renderers make of them."""
