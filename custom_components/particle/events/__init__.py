"""Events of the Particle Cloud: streams, distribution and history."""
