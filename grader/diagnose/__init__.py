"""Which wrong rule or slip explains what was written: candidates, search, cost, gate."""
