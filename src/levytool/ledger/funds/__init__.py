"""What the levy pays for: opportunities, members' pots, schemes."""
