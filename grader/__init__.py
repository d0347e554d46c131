"""Grade neural-network homework that was done by hand."""
