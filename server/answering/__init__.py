"""One request, one transaction: the books opened, the handler run, the answer kept and committed."""
