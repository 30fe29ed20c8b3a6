"""What is counted, what is told of the plan, and what follows for the pace."""
