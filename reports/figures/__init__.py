"""Figures: the heart. A figure is a named question over records; every page, file and API asks it here.

`compute` gives values, `drill_down` the records behind one value, `freeze` both at once for one branch. All three are
folds over the same families (families.py), so they cannot disagree; a test walks every key to prove it.
"""

from reports.figures.compute import (
    Figure,
    Figures,
    Totals,
    UnknownFigure,
    askable,
    compute,
    compute_each,
    drill_down,
    freeze,
    repeated,
    resolve,
    total,
)

__all__ = [
    "Figure",
    "Figures",
    "Totals",
    "UnknownFigure",
    "askable",
    "compute",
    "compute_each",
    "drill_down",
    "freeze",
    "repeated",
    "resolve",
    "total",
]
