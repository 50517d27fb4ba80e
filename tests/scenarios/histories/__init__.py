"""Random histories of a whole business, and what must hold after each of their steps."""
