"""Double entry: accounts, journals, balances and the lock date."""
