"""Taking back what a run has written: inverses of batches, the journal they are kept in, and undoing."""
