"""The demo: the simulated Particle Cloud, and a real Home Assistant with the integration."""
