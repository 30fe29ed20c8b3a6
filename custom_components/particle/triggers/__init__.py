"""The triggers of the integration, one module for each kind."""
