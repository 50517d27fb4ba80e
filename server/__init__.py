"""The HTTP edge and the processes: each cross-cutting concern in a file of its own."""
