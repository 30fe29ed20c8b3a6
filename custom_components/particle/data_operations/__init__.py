"""Data operations of an account: counting, budgeting and reporting."""
