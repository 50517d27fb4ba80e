"""What agents call: the Model Context Protocol at ``/mcp``, with a few tools that are tasks.

``service`` is the way in, ``messages`` and ``methods`` speak the protocol, ``tools`` says what there is. A tool does
nothing by itself: ``inside`` makes requests of the API within this process, with the caller's own token, so that
scopes, limits, validation, idempotency and the audit trail hold as they do for everybody (decision 0064).
"""
