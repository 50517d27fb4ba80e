"""Mails about documents and payments: whom they go to, what they say, and what became of them."""
