"""Webhooks as they leave this installation: who looks for work, who serves an endpoint, what is sent."""
