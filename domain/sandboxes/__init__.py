"""Sandboxes: organizations to try things out in, whose clock can be set."""
