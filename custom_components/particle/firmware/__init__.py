"""Reading firmware files, and tracking flashes."""
