"""The workbook: all record kinds of a branch in one Excel file, in both directions.

xlsx      the file, cell by cell               text    several values in one cell, `键=值;…`
cells     what a cell may hold, read and shown  sheets  the nine sheets, declared once for both directions
planning  a file → what would be done           form    records → a file
"""
