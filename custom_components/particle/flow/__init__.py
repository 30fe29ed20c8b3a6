"""Forms: logging in, permissions of a login, and options."""
