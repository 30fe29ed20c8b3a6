"""Process thousands of entities in slices, so that the event loop is not blocked."""
