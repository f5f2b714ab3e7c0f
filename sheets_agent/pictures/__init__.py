"""Charts as PNG pictures, parts of a sheet as HTML, and search trees: for notebooks, terminals and reports.

Charts and tables work from what the Sheets API answers, so they show a live spreadsheet as well as a local file.
Pictures need matplotlib, the extra `sheets-agent[pictures]`; it is imported when the first one is drawn.
"""

from sheets_agent.pictures.charts import Picture, chart_pictures, chart_png, chart_ranges, values_of
from sheets_agent.pictures.search_tree import save_search_tree
from sheets_agent.pictures.tables import table_html

__all__ = ["Picture", "chart_pictures", "chart_png", "chart_ranges", "save_search_tree", "table_html", "values_of"]
