"""Reports: the model they are written from, and one file a format. A report computes nothing."""
