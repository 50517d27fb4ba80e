"""Everything that may be killed while webhooks are sent, and what is to be true afterwards."""
