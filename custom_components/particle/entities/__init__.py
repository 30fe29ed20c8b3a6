"""Entity classes and helpers of the platforms."""
