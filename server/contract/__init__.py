"""Requests held to the contract: JSON, schemas, parameters, sheets, and the refusals that follow from them."""
