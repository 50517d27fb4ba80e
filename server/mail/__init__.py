"""Mails on their way out: messages out of templates, and the mail server or directory that takes them."""
