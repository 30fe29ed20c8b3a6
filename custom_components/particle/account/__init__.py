"""One account: how it logs in, when the user is asked to log in again, and its repair issues."""
