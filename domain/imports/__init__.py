"""Import: spreadsheets (CSV) become what the contract's create operations take, row by row."""
