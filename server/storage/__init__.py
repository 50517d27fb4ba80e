"""Uploaded files: where this installation keeps them, how they get there, and links to them."""
