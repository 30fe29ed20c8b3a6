"""One device: its connection, its firmware's description, and what is kept of it across restarts."""
