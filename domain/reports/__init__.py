"""Reports: a frozen question, a frozen answer and a function from one to the other."""
