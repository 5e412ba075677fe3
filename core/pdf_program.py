"""Opens one PDF file: a program of its own, for a hostile file takes any memory and time it can get.

core/pdfs.py starts it, feeds the file to standard input and reads the answer from standard output. Arguments: seconds
of CPU it may take, bytes of memory, then what to do:

    examine MAX_PAGES SIDE   nothing is said if all is well; the first page is drawn once, `SIDE` pixels at most
    count                    how many pages it has
    draw PAGE WIDTH HEIGHT   page PAGE (from 1) as a PPM picture of at most this size
    text PAGES               the first pages as JSON: [{"size": [width, height], "lines": [[text, [l, b, r, t]], …]}, …]

What was found wrong is said by the exit status, one of those below; a signal means that it took too much. It knows no
setting, no secret and no database, and can write no file.
"""

import contextlib
import io
import json
import resource
import sys

PASSWORD, ACTIVE, TOO_MANY_PAGES, DAMAGED, NO_SUCH_PAGE, TOO_MUCH = range(10, 16)
_MOST_UNPACKED = 2**26  # of one stream that is read: an index of objects must not become gigabytes
_MOST_LINES = 5000  # of a page
# Names in a PDF that make it do something, or carry something along.
_ACTIVE_KEYS = ("/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/EF", "/EmbeddedFiles")
_ACTIVE_ACTIONS = ("/JavaScript", "/Launch", "/ImportData")


class Refused(Exception):
    """A file that is not taken: the exit status, and what to say beside it."""

    def __init__(self, status, said=""):
        super().__init__(status)
        self.status, self.said = status, said


def main(seconds: str, memory: str, what: str, *arguments: str) -> int:
    """Do what is asked; returns the exit status."""
    _limit(int(seconds), int(memory))
    try:
        content = sys.stdin.buffer.read()
        answer = {"examine": examine, "count": count, "draw": draw, "text": text}[what](
            content, *map(int, arguments)
        )
    except Refused as refused:
        sys.stdout.write(refused.said)
        return refused.status
    except MemoryError:
        return TOO_MUCH
    sys.stdout.buffer.write(answer)
    return 0


def _limit(seconds, memory):
    """No more than this, no file and no core: what goes beyond ends the program."""
    limits = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        with contextlib.suppress(ValueError, OSError):  # macOS has no RLIMIT_AS worth its name
            resource.setrlimit(limit, (value, value))


# ---------------------------------------------------------------- what it is and does
def examine(content: bytes, max_pages: int, side: int) -> bytes:
    """Read the structure to its end, and draw the first page. Raises Refused."""
    import pikepdf

    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=_MOST_UNPACKED, png_max_memory=_MOST_UNPACKED, run_length_max_memory=_MOST_UNPACKED
    )
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
            pages = len(pdf.pages)
            if pages > max_pages:
                raise Refused(TOO_MANY_PAGES, str(pages))
            if any(_is_active(thing, pikepdf) for thing in pdf.objects):
                raise Refused(ACTIVE)
    except pikepdf.PasswordError:
        raise Refused(PASSWORD) from None
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError):
        raise Refused(DAMAGED) from None
    try:
        draw(content, 1, side, side)
    except Refused as refused:
        raise Refused(DAMAGED if refused.status == NO_SUCH_PAGE else refused.status) from None
    return b""


def _is_active(thing, pikepdf) -> bool:
    """Whether something in an object of a PDF, at any depth up to the next object, acts or carries a file."""
    waiting = [thing]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, pikepdf.Array):
            waiting += [value for value in thing if _is_direct(value, pikepdf)]
        elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            for key, value in thing.items():
                if key in _ACTIVE_KEYS or (key == "/S" and value in _ACTIVE_ACTIONS):
                    return True
                if _is_direct(value, pikepdf):
                    waiting.append(value)
    return False


def _is_direct(value, pikepdf) -> bool:
    return isinstance(value, pikepdf.Object) and not value.is_indirect


# ---------------------------------------------------------------- what is on it
@contextlib.contextmanager
def _opened(content):
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
        yield document
        document.close()
    except (pypdfium2.PdfiumError, ZeroDivisionError, OverflowError, ValueError):
        raise Refused(DAMAGED) from None


def count(content: bytes) -> bytes:
    """How many pages there are. Raises Refused."""
    with _opened(content) as document:
        return str(len(document)).encode()


def draw(content: bytes, number: int, width: int, height: int) -> bytes:
    """A page as PPM. Raises Refused."""
    with _opened(content) as document:
        if not 1 <= number <= len(document):
            raise Refused(NO_SUCH_PAGE)
        page = document[number - 1]
        scale = min(width / page.get_width(), height / page.get_height())
        image = page.render(scale=scale).to_pil().convert("RGB")
    # A side of 200.0000001 pixels became 201.
    image = image.crop((0, 0, min(image.width, width), min(image.height, height)))
    buffer = io.BytesIO()
    image.save(buffer, "PPM")
    return buffer.getvalue()


def text(content: bytes, most: int) -> bytes:
    """The lines of the text layer of the first pages, where they stand in points. Raises Refused."""
    pages = []
    with _opened(content) as document:
        for number in range(min(len(document), most)):
            page = document[number]
            layer = page.get_textpage()
            boxes = [layer.get_rect(at) for at in range(min(layer.count_rects(), _MOST_LINES))]
            lines = [[layer.get_text_bounded(*box), box] for box in boxes]
            pages.append({"size": page.get_size(), "lines": lines})
    return json.dumps(pages).encode()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
