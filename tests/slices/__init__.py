"""Work on thousands of entities."""
