"""The command ``finzbooks api``: the whole API on the command line, called over HTTP as anyone else calls it.

Nothing here knows an operation by name: commands, options and columns are made of the published contract.
"""
