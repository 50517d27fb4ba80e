"""Webhooks: who is told of what has happened, how a message is signed, and when it is sent again."""
