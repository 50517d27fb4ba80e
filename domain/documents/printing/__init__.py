"""Documents on paper: from what the books know to a sheet on which every string is ready."""
