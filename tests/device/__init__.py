"""One device: its connection, its firmware, its values, and what is kept of them."""
