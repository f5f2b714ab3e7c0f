"""What a run may do, decided before any cell is read and kept by code, whatever a model wants."""
