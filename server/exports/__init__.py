"""Reports as files: csv for programs, workbooks and pages for people."""
