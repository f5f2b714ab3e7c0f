"""Planning: how plans are tried before they are written."""
