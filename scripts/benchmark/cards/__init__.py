"""Measures the dashboard cards in a real browser, beside Home Assistant's own cards."""
