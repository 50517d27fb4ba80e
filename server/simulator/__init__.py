"""A simulator of the e-invoice portal: a process of its own that signs with a key of its own, for sandboxes and tests.

What it registers is registered nowhere: its QR codes and documents name their issuer as simulated, and no live
organization takes them.
"""
