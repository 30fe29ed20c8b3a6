"""Tests of what the dashboard cards are told."""
