"""Measures what the integration costs, beside the least that Home Assistant and a socket cost anyway."""
