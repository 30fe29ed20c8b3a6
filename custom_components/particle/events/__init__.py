"""Events of the Particle Cloud: the streams, where they arrive, and what is remembered of them."""
