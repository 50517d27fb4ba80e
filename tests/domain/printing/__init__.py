"""What is printed on documents, before it is set."""
