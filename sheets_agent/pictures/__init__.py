"""Charts as PNG pictures and parts of a sheet as HTML: for notebooks, terminals and reports.

Both work from what the Sheets API answers, so they show a live spreadsheet as well as a local file. Charts need
matplotlib, the extra `sheets-agent[pictures]`; it is imported when the first chart is drawn.
"""

from sheets_agent.pictures.charts import Picture, chart_pictures, chart_png, chart_ranges, values_of
from sheets_agent.pictures.tables import table_html

__all__ = ["Picture", "chart_pictures", "chart_png", "chart_ranges", "table_html", "values_of"]
