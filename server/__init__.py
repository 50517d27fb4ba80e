"""The HTTP edge and the processes: put together here (``app``, ``main``), each part in a folder that its name says."""
