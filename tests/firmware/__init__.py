"""A flash from the request to its end."""
