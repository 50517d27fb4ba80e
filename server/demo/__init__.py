"""The demo organization: what it consists of (``masters``, ``sales``), and how it comes into a database."""
