"""All finished reports of several branches as one ZIP that is never whole anywhere: it is sent while it is written."""

from __future__ import annotations

import datetime as dt
import functools
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone

from core.files import open_file
from reports.evidence_names import safe_name, unused_name
from reports.render import OUTPUTS
from reports.standing import Standing

_CHUNK = 1 << 18


@dataclass(frozen=True)
class Entry:
    """A file of a ZIP. path: in it; at: its time; open: its bytes as a binary stream (FileNotFoundError: left out)."""

    path: str
    size: int
    at: dt.datetime
    open: Callable[[], BinaryIO]


class _Sink:
    """What zipfile writes to: takes bytes, gives them back once."""

    def __init__(self):
        self.parts: list[bytes] = []

    def write(self, data) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        data = b"".join(self.parts)
        self.parts.clear()
        return data


def zip_of(
    entries: Iterable[Entry], last: Callable[[list[str]], tuple[str, bytes]], now: dt.datetime
) -> Iterator[bytes]:
    """The bytes of a ZIP, piece by piece, its files stored as they are.

    Arguments: last, given the paths of files whose bytes are gone → name and content of a closing text file; now, its
    time.
    """
    sink, gone = _Sink(), []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            try:
                source = entry.open()
            except FileNotFoundError:
                gone.append(entry.path)
                continue
            info = _info(entry.path, entry.at)
            info.file_size = entry.size  # above 4 GiB it needs other headers
            with source, archive.open(info, "w") as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    yield sink.take()
        name, content = last(gone)
        archive.writestr(_info(name, now), content)
    yield sink.take()


def _info(path, at):
    info = zipfile.ZipInfo(path, date_time=(max(at.year, 1980), *at.timetuple()[1:6]))
    info.external_attr = 0o644 << 16
    return info


def file_name(report, name: str) -> str:
    """What a file of a report is called outside: its title and the ending. Arguments: name, as `report.docx`."""
    ending = Path(name).suffix
    return safe_name(report.title_text, 80 - len(ending)) + ending


def export_of(branches, standings: list[Standing]) -> Iterator[bytes]:
    """The newest finished report of each branch: a folder a branch with its files, and 说明.txt with what is in it and
    which branches have none.

    Arguments: branches, all that were asked for, in order.
    """
    by_branch = {standing.report.organisation_id: standing for standing in standings if standing.done}
    taken: set[str] = set()
    entries, lines, without = [], [], []
    for branch in branches:
        standing = by_branch.get(branch.pk)
        if standing is None:
            without.append(branch.name)
            continue
        folder, done = unused_name(branch.name, taken), standing.done
        at = timezone.localtime(done.compiled_at)
        lines.append(f"{folder}：第 {standing.versions} 版，{at:%Y-%m-%d %H:%M} 编成")
        for name in sorted(done.files, key=_place):
            stored = done.files[name]
            path = f"{folder}/{file_name(standing.report, name)}"
            entries.append(Entry(path, stored["size"], at, functools.partial(open_file, stored["sha256"])))

    def closing(gone):
        text = [f"共 {len(lines)} 个支部的报告。", "", *lines]
        text += ["", f"还没有编成报告的支部，{len(without)} 个：", *without] if without else []
        text += ["", "文件已不在服务器上，没有放进来：", *gone] if gone else []
        return "说明.txt", ("\r\n".join(text) + "\r\n").encode("utf-8-sig")

    return zip_of(entries, closing, timezone.localtime())


def _place(name: str) -> tuple[int, str]:
    """Files in the order in which they are made; a database does not keep it."""
    names = [output.name for output in OUTPUTS]
    return names.index(name) if name in names else len(names), name
