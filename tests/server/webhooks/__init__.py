"""Tests of the pump: what is sent to webhooks, when, and what becomes of it, by real receivers."""
