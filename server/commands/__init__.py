"""The commands of ``finzbooks`` that act on organizations, users and tokens, one file each."""
