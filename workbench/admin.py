"""The tables of this app, for operators to look at."""

from core.operators import register

register("workbench")
