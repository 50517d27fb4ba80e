"""Takes over books from the files of other programs."""
