"""Forms and helpers of the config flow and the options flow."""
