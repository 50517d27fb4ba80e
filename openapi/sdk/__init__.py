"""Makes packages for callers out of the contract, in Python and in TypeScript: ``python -m openapi.sdk.packages``."""
