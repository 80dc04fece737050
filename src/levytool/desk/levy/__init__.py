"""The levy: charged when a return is accepted, and its documents until they are settled."""
