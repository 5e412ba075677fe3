"""Typesets a directory with report.typ, report.json and places.json: a program of its own.

A long report takes the typesetter hundreds of megabytes, which it would keep for the life of a worker, and seconds, in
which a worker could tell nobody that it is alive. Arguments: the directory, that of the fonts, the time of the file in
seconds since 1970, and what to make there: places.json, which tells where the ends of links are, or report.pdf, whose
links lead to those places. What it warns of or fails at goes to standard error, with exit status 1; a file that cannot
be written (a full disk) is told by OS_ERROR plus the number of the error.
"""

import sys
from pathlib import Path

import typst

OS_ERROR = 100
STANDARDS = ["a-2a", "ua-1"]


def main(directory: str, fonts: str, timestamp: str, file: str) -> int:
    """Typeset; 0 if all is well."""
    place = Path(directory)
    only = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    compiler = typst.Compiler(place / "report.typ", root=place, font_paths=only)
    try:
        if file == "places.json":
            content, warnings = compiler.query("<places>", field="value", one=True).encode(), []
        else:
            content, warnings = compiler.compile_with_warnings(
                format="pdf", pdf_standards=STANDARDS, timestamp=int(timestamp)
            )
    except typst.TypstError as error:
        print(error.diagnostic or error, file=sys.stderr)
        return 1
    for warning in dict.fromkeys(map(str, warnings)):
        print(warning, file=sys.stderr)
    try:
        (place / file).write_bytes(content)
    except OSError as error:
        return OS_ERROR + error.errno
    return 1 if warnings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
