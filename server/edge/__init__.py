"""The HTTP edge: everything between the socket and an operation's handler, each concern in a file of its own."""
