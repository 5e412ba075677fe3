"""The reader of certificates: pictures or pages → the fields of a certification, each sure or to be checked.

`read` asks nothing of the database: what the branch knows comes in as `Known`. Every page is recognised twice, from
different pixels; what the two do not agree on is marked. A field is sure only if nothing speaks against it.
"""

from branch.reading.fields import Field, Known, Reading, find_fields
from branch.reading.layouts import FIELDS, LAYOUTS, Layout, load_layouts
from branch.reading.reading import UnreadableFile, read
from branch.reading.recognise import Line, Page, is_available

__all__ = [
    "FIELDS",
    "LAYOUTS",
    "Field",
    "Known",
    "Layout",
    "Line",
    "Page",
    "Reading",
    "UnreadableFile",
    "find_fields",
    "is_available",
    "load_layouts",
    "read",
]
