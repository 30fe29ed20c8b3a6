"""What an account spends: the count, the budget of the month, and what people are told about both."""
