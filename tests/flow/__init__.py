"""The config flow, as people walk through it."""
