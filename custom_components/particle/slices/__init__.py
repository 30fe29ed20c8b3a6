"""Work on thousands of entities, done in slices, so that Home Assistant goes on with everything else."""
