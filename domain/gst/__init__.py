"""The GST law as pure rules and dated tables."""
