"""The contract against the running server."""
