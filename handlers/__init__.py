"""One function per operation of the contract, named by its operation id."""
