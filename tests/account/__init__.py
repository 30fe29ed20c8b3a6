"""The login of an account."""
