"""Laying declarations beside the members' own ledgers, and deciding what differs."""
