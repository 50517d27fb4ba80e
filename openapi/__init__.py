"""The contract: OpenAPI 3.0.3 by hand, one file per resource, and the code that merges it."""
