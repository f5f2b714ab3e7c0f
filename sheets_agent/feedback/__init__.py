"""Asking a person: what is asked, what can be answered, and through which channel."""
