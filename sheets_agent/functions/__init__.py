"""Functions of Sheets that the calculation engine lacks, calculated here: pure functions over arrays of values."""
