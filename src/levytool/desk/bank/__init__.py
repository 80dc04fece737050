"""The bank: lines imported, identified, allocated and refunded; creditors paid."""
