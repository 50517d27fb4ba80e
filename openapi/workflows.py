"""Whole stories as workflows (Arazzo): what is called in which order, and what of an answer goes into the next call."""

from openapi.fragments import ROOT, Json, read


def workflows(version: str) -> Json:
    """Return the workflows that go with a version of the contract. Raises: ``ContractError``."""
    document = read(ROOT / "arazzo.yaml")
    return {**document, "info": {**document["info"], "version": version}}
