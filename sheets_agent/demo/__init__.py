"""The demo: a realistic workbook, and prepared model replies that say they are prepared."""
