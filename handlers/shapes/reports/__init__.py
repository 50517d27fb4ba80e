"""Reports as JSON, and as the sheets that become csv, workbooks and tables of the terminal."""
