"""Pages without a token: the contract, health, metrics, and what people read in a browser."""
