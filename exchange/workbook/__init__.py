"""The workbook: all record kinds of a branch in one Excel file, in both directions.

xlsx      the file, cell by cell            text      several values in one cell, `键=值;…`
cells     what a cell may hold              links     cells that speak of other records and of people
sheets    the nine sheets, declared once for both directions
row       one row while it is read          plan      what a file would do, and what is wrong with it
planning  a file → a plan                   form      records → a file
"""
