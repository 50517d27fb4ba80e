"""Reports as files: csv for programs, workbooks for people."""
