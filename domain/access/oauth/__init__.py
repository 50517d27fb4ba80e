"""OAuth 2.0: apps, what a user allowed one, and the codes and tokens that come of it (RFC 6749, 7636, 9700)."""
