"""Argilla 2: people judge and answer in its datasets, through its SDK (the extra `argilla`)."""
