"""Writes a call as a command for curl, which says the same and shows no token."""

from shlex import quote
from urllib.parse import urlencode

from server.client.options import Call
from server.client.place import TOKEN


def curl_of(call: Call, url: str, *, output: str | None) -> str:
    """Return the command; the shell puts the token in."""
    query = f"?{urlencode(call.query)}" if call.query else ""
    lines = [f"curl -sS -X {call.method} {quote(url + call.path + query)}"]
    lines.append(f'-H "Authorization: Bearer ${TOKEN}"')
    lines += [f"-H {quote(f'{name}: {value}')}" for name, value in call.headers.items()]
    lines += [f"--form-string {quote(f'{name}={value}')}" for name, value in call.form]
    lines += [f"-F {quote(f'{name}=@{path}')}" for name, path in call.files]
    if call.body is not None:
        lines.append(f"--data-binary {quote(call.body.decode())}")
    if output:
        lines.append(f"-o {quote(output)}")
    return " \\\n  ".join(lines)
