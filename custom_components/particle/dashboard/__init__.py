"""What the dashboard cards are told, and how they get into the dashboard."""
