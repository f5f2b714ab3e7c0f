"""What a workbench keeps between two calls: its spreadsheet, the plans that were proposed, what was left in cells."""
