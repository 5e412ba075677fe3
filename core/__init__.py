"""What every record needs and no domain word."""
