"""Pages for those who write programs: tokens, apps, webhooks, and the log of calls."""
