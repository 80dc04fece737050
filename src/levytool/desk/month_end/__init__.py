"""The month's end: what is closed, and what is sent."""
