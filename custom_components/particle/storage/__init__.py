"""Files that Home Assistant keeps for this integration, read tolerantly."""
