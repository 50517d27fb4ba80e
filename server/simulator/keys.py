"""The simulator's key, which is no secret: it signs what counts nowhere, and whoever wants to may forge that."""

from pathlib import Path

ISSUER = "SIMULATED"
"""Who signs; the portal's own signatures say NIC."""
KEY_ID = "finzbooks-simulator"

_HERE = Path(__file__).parent


def private_key() -> bytes:
    """Return the key as a PEM."""
    return (_HERE / "signing_key.pem").read_bytes()


def public_key() -> bytes:
    """Return the public key as a PEM: to verify what is signed, and to sign in with."""
    return (_HERE / "public_key.pem").read_bytes()
