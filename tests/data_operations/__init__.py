"""Data operations: what is counted, at which pace variables are read, and what people are told."""
