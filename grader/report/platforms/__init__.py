"""What learning platforms and CI systems read, one file a platform, each a pure function of the report."""
