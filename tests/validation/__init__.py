"""What people write, checked with sentences."""
