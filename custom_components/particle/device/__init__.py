"""State and coordinator of one device, and their storage across restarts."""
