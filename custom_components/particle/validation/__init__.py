"""What people write in actions, triggers and conditions, checked with sentences that they understand."""
