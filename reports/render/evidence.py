"""The evidence pack: a ZIP whose folders follow the report, with an index, checksums and a list of what is missing.

Files are streamed, never held in memory. Their bytes are compared with the SHA-256 they are stored by before they are
copied: a file that was altered is listed as such and not passed off as proof. A picture is packed without what it says
of place, device and owner, its pixels as they are (core/metadata.py); HEIC, which few can open, as JPEG. Photos of
children whose guardians did not agree stay out.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from core import metadata
from core.images import MEDIA_TYPES, UNREADABLE, as_jpeg
from reports.document import Column, Evidence, File
from reports.evidence_names import is_safe_path
from reports.render.workbook import Book, legal

INDEX, MANIFEST, MISSING_LIST, READ_ME = "佐证目录.xlsx", "manifest-sha256.txt", "缺失清单.txt", "说明.txt"
ORIGINALS = "originals-sha256.txt"
PACKED, MISSING, GONE, ALTERED = "在包内", "缺", "文件已不在", "内容与登记时不符，未放入"
UNREADABLE_PICTURE = "图片打不开，未放入"
NO_CONSENT = "有未成年人、未取得监护人同意，未放入"
_CHUNK = 1 << 20
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX, _MODE = 3, 0o100644 << 16
# What gains nothing from being deflated.
_DENSE = (
    "image/",
    "video/",
    "audio/",
    "application/pdf",
    "application/zip",
    "application/vnd.openxmlformats",
)
# How every index of evidence begins.
RECORD_COLUMNS = (
    Column("编号", 8),
    Column("章节", 16),
    Column("记录", 40),
    Column("日期", 12, "date"),
)
_COLUMNS = (
    *RECORD_COLUMNS,
    Column("材料", 10),
    Column("状态", 12),
    Column("位置", 72),
    Column("大小（字节）", 12, "number"),
    Column("SHA-256", 66),
    Column("原件 SHA-256", 66),
)


def record_cells(item: Evidence) -> tuple:
    """A record in the cells of RECORD_COLUMNS."""
    return item.number, f"{item.section} {item.heading}", item.title, item.date or None


def write(compiled, stream) -> None:
    """Write the evidence pack of a compiled report. stream: an empty binary file that can seek.

    Raises ValueError for a path that is not safe, or given twice.
    """
    _check_paths(compiled.document.evidence)
    _Pack(compiled, stream).write()


@dataclass(frozen=True)
class _Place:
    """A file of the pack, or why it is not in it; size and sha256: of what is packed."""

    item: Evidence
    file: File
    state: str
    size: int = 0
    sha256: str = ""


class _Pack:
    def __init__(self, compiled, stream):
        self.compiled, self.stream = compiled, stream
        self.document = compiled.document
        self.places: list[_Place] = []
        self.digests: list[tuple[str, str]] = []

    def write(self) -> None:
        with zipfile.ZipFile(self.stream, "w") as self.zip:
            for item in self.document.evidence:
                for file in item.files:
                    self.compiled.tick()
                    self.places.append(self._copy(item, file))
            self._add(INDEX, self._index(), zipfile.ZIP_STORED)
            self._add(MISSING_LIST, _text(self._missing()))
            self._add(READ_ME, _text(self._read_me()))
            self._add(ORIGINALS, _sums((place.file.sha256, place.file.path) for place in self._packed()))
            self._add(MANIFEST, _sums(self.digests))

    def _packed(self) -> list[_Place]:
        return [place for place in self.places if place.state == PACKED]

    # ---------------------------------------------------------------- files
    def _copy(self, item, file) -> _Place:
        if file.lacks_consent:
            return _Place(item, file, NO_CONSENT)
        try:
            source = self.compiled.open_file(file.sha256)
        except FileNotFoundError:
            return _Place(item, file, GONE)
        with source:
            if hashlib.file_digest(source, "sha256").hexdigest() != file.sha256:
                return _Place(item, file, ALTERED)
            try:
                length, chunks = _without_metadata(source, file.media_type)
            except UNREADABLE:
                return _Place(item, file, UNREADABLE_PICTURE)
            digest, size = hashlib.sha256(), 0
            dense = file.media_type.startswith(_DENSE)
            entry = _entry(file.path, zipfile.ZIP_STORED if dense else zipfile.ZIP_DEFLATED)
            entry.file_size = length  # decides whether its head has room for a size above 4 GiB
            with self.zip.open(entry, "w") as target:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    target.write(chunk)
        self.digests.append((digest.hexdigest(), file.path))
        return _Place(item, file, PACKED, size, digest.hexdigest())

    def _add(self, name: str, content: bytes, compression: int = zipfile.ZIP_DEFLATED) -> None:
        self.zip.writestr(_entry(name, compression), content)
        self.digests.append((hashlib.sha256(content).hexdigest(), name))

    # ---------------------------------------------------------------- what tells of them
    def _index(self) -> bytes:
        document, rows = self.document, []
        of_item: dict[str, list[_Place]] = {}
        for place in self.places:
            of_item.setdefault(place.item.number, []).append(place)
        for item in document.evidence:
            head = record_cells(item)
            if not item.files:
                rows.append((*head, None, MISSING, None, None, None, None))
            for place in of_item.get(item.number, ()):
                file, packed = place.file, place.state == PACKED
                rows.append(
                    (*head, file.kind, place.state, file.path if packed else None)
                    + ((place.size, place.sha256) if packed else (None, None))
                    + (file.sha256,)
                )
        title = f"{_line(document.title)}佐证目录"
        book = Book(title=title, author=document.author, day=document.day)
        book.fill(book.claim("佐证目录"), _COLUMNS, rows, title=title)
        return book.finish()

    def _missing(self) -> list[str]:
        bare = [item for item in self.document.evidence if item.lacks]
        lost = [place for place in self.places if place.state != PACKED]
        lines = [f"{_line(self.document.title)}　佐证缺失清单", ""]
        if not bare and not lost:
            return [*lines, "没有缺失：目录里的每条记录佐证齐全，文件都在包内。"]
        if bare:
            lines += [f"一、佐证不全的记录（{len(bare)}条）"]
            lines += [
                f"{item.number}　{_line(item.title)}　{item.date or '日期未知'}　缺{item.lacks}"
                for item in bare
            ]
            lines += [""] if lost else []
        if lost:
            lines += [f"{'二' if bare else '一'}、没有放入包内的文件（{len(lost)}个）"]
            lines += [
                f"{place.item.number}　{_line(place.item.title)}　{_line(place.file.name)}　{place.state}"
                for place in lost
            ]
        return lines

    def _read_me(self) -> list[str]:
        figures, evidence = self.compiled.frozen.figures, self.document.evidence
        packed = self._packed()
        window = figures["window"]
        return [
            f"{_line(self.document.title)}　佐证包",
            "",
            f"支部：{figures['branch']['name']}",
            f"统计区间：{window['start']} 至 {window['end']}",
            f"统计时点：{figures['as_of']}",
            f"数据校验码：{figures['digest']}",
            f"记录{len(evidence)}条，文件{len(packed)}个，共{sum(place.size for place in packed):,}字节。",
            "",
            "文件夹与报告的章节一致，文件名以佐证编号开头，与报告正文、附件里的编号相同。",
            f"{INDEX}：每条记录、每个文件的编号、位置、大小和 SHA-256。",
            f"{MISSING_LIST}：佐证不全的记录，和没有放入包内的文件。",
            f"{MANIFEST}：包内文件的 SHA-256。解压后在本目录执行 sha256sum -c {MANIFEST}，校验是否被改动。",
            f"{ORIGINALS}：登记的原件的 SHA-256，与系统里保存的原件一致。",
            "照片放入的是去掉拍摄地点、设备等信息的副本，画面不变，所以与原件的 SHA-256 不同；HEIC 照片转成了 JPG。",
            "照片里有未成年人、还没有取得监护人同意的，不放入包内。",
            "",
            "包内材料含个人信息，请妥善保管，仅用于工作。",
            "涉密内容不得放入。",
        ]


def _without_metadata(source, media_type: str) -> tuple[int, Iterator[bytes]]:
    """A file as it is packed: about how long, and its bytes. Raises one of UNREADABLE for a picture that is none."""
    if media_type in metadata.CLEANED:
        try:
            parts = metadata.parts(source, media_type)
        except metadata.NotParsed:
            if media_type != "image/jpeg":
                raise
        else:
            length = sum(part.end - part.start + len(part.fresh) for part in parts)
            return length, metadata.written(source, parts)
    if media_type in MEDIA_TYPES:  # also a JPEG without its end, as some cameras leave it
        content = as_jpeg(source)
        return len(content), iter([content])
    length = source.seek(0, os.SEEK_END)
    source.seek(0)
    return length, iter(lambda: source.read(_CHUNK), b"")


def _check_paths(evidence):
    taken = set()
    for path in (file.path for item in evidence for file in item.files):
        if not is_safe_path(path) or "/" not in path or path.casefold() in taken:
            raise ValueError(f"not a place of its own in an evidence pack: {path!r}")
        taken.add(path.casefold())


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    """An entry that depends on nothing but its name; a name that is not ASCII gets the UTF-8 flag."""
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type, entry.create_system, entry.external_attr = compression, _UNIX, _MODE
    return entry


def _sums(digests) -> bytes:
    """Lines as sha256sum writes them."""
    return "".join(f"{digest}  {path}\n" for digest, path in digests).encode()


def _line(text: str) -> str:
    """A text in one line."""
    return " ".join(text.split())


def _text(lines: list[str]) -> bytes:
    """A text that any editor on Windows reads: UTF-8 with its mark, its line ends."""
    return ("\r\n".join(legal(line) for line in lines) + "\r\n").encode("utf-8-sig")
