"""GST returns: what was supplied, classified once, and the returns that are made of it."""
