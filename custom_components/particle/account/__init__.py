"""Login, reauthentication, errors and repair issues of an account."""
