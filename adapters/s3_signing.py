"""Presigned URLs of S3 that say under which name the object is sent: AWS Signature Version 4, in the query.

The S3 client signs plain URLs only. Source: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters".
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs URLs of one region with one key."""

    region: str
    access_key_id: str
    secret_access_key: str

    def signed(self, url: str, *, now: datetime, seconds: int, disposition: str) -> str:
        """Return a URL that gets the object at ``url``, whose own query counts for nothing, for so many seconds.

        The answer has ``disposition`` as its ``Content-Disposition``.
        """
        place = urlsplit(url)
        moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{moment[:8]}/{self.region}/s3/aws4_request"
        asked = {
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{self.access_key_id}/{scope}",
            "X-Amz-Date": moment,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": "host",
            "response-content-disposition": disposition,
        }
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(asked.items()))
        request = "\n".join(("GET", place.path, query, f"host:{place.netloc}\n", "host", "UNSIGNED-PAYLOAD"))
        told = "\n".join((_ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()))
        signature = hmac.new(self._key(moment[:8]), told.encode(), "sha256").hexdigest()
        return f"{place.scheme}://{place.netloc}{place.path}?{query}&X-Amz-Signature={signature}"

    def _key(self, day: str) -> bytes:
        secret = f"AWS4{self.secret_access_key}".encode()
        for part in (day, self.region, "s3", "aws4_request"):
            secret = hmac.digest(secret, part.encode(), "sha256")
        return secret
