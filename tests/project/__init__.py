"""The project itself: its layout, its release and how its tests are run."""
