"""The pure parts of imports: cells, sheets and columns, as tables of cases."""
