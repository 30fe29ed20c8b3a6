"""The triggers that the integration offers, one module for each kind."""
