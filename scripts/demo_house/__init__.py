"""A demo house: the simulated Particle cloud, a real Home Assistant, and the integration between them."""
