"""Charts: the same picture on the page, in print, in the PDF and (as PNG) in Word, and the table of each.

A chart is a small frozen value; `svg` draws it and `rows_of` says it in rows. Pure: no database, no clock.
"""

from core.charts.draw import svg
from core.charts.model import Bars, Cell, Chart, Columns, Goal, Progress, Series, Stacked, Value, rows_of

__all__ = [
    "Bars",
    "Cell",
    "Chart",
    "Columns",
    "Goal",
    "Progress",
    "Series",
    "Stacked",
    "Value",
    "rows_of",
    "svg",
]
