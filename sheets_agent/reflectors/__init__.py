"""Reflectors: they criticise a plan that was tried, and mend their own aspect of it."""
