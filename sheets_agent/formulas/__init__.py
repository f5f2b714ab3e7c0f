"""Formulas: parsing, references, the function catalogue, and the Sheets dialect."""
