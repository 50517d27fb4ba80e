"""GST returns of small months, each figure of which can be made by hand."""
