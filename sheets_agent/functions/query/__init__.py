"""QUERY: the query language of Google Visualization over a rectangle of cells.

Source: https://developers.google.com/chart/interactive/docs/querylanguage and https://support.google.com/docs/answer/3093343.
"""
