"""What may come in as a file: the few formats proof is made of, each read to its end before it is stored.

A name must promise one of them and the bytes must keep the promise. Sizes are looked at before anything is decoded.
What passes may still carry bytes behind its end: it is never served as a page of ours (core/downloads.py), and what is
shown is a picture made anew (core/pictures.py). Each refusal is a sentence which says what to do.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import PurePath

from defusedxml.ElementTree import ParseError, fromstring
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat

from core import pdfs
from core.images import UNREADABLE, TooManyPixels, read_whole

MAX_PAGES = 200
MAX_ENTRIES = 5000
MAX_UNPACKED = 300 * 2**20
MAX_RATIO = 100  # text in XML packs 5 to 20 times, zeros 1000 times
MAX_PART = 5 * 2**20  # of what is parsed as XML
_SMALL = 10 * 2**20  # unpacked; whatever the ratio, it does no harm
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OFFICE_TYPES = {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
}
_SIZES = ("file_size", "compress_size")
_MACROS = ("macroenabled", "vbaproject", "activex")
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")
_ACCEPTED = "请上传照片（JPG、PNG、WebP、HEIC）、PDF，或 docx、xlsx、pptx 文档；其他格式请先另存为 PDF"


def examine(file, name: str) -> str:
    """The media type of an upload (a binary stream that can seek), read whole; name: the file's own.

    A picture may be another kind of picture than its name says, as phones rename HEIC to .jpg: it is taken as what it
    is. Raises ValidationError with a sentence for the reader.
    """
    size = file.seek(0, os.SEEK_END)
    if not size:
        raise ValidationError("这个文件是空的，请换一份有内容的文件")
    if size > settings.UPLOAD_MAX_MB * 2**20:
        raise ValidationError(
            f"文件有 {filesizeformat(size)}，超过上限 {settings.UPLOAD_MAX_MB} MB，请压缩或拆分后再上传"
        )
    ending = PurePath(name).suffix.lower()
    file.seek(0)
    if ending in PICTURES:
        return _picture(file)
    if ending == ".pdf":
        return _pdf(file)
    if ending in _OFFICE_TYPES:
        return _office(file, ending)
    raise ValidationError(f"不能上传这种文件（{ending or '文件名没有扩展名'}）。{_ACCEPTED}")


# ---------------------------------------------------------------- pictures
def _picture(file) -> str:
    try:
        return read_whole(file)
    except TooManyPixels as error:
        most = error.most // 10_000
        raise ValidationError(f"图片的像素太多，上限是 {most} 万像素，请缩小尺寸后再上传") from None
    except UNREADABLE:
        raise ValidationError(
            "这张图片打不开：它不是 JPG、PNG、WebP 或 HEIC 图片，或者没有传完整、已损坏。请换一份能打开的再上传"
        ) from None


# ---------------------------------------------------------------- PDF
def _pdf(file) -> str:
    if file.read(5) != b"%PDF-":
        raise ValidationError("文件名以 .pdf 结尾，内容却不是 PDF。请找到原来的文件，或重新导出为 PDF 再上传")
    try:
        pdfs.examine(file, MAX_PAGES)
    except pdfs.TooManyPages as error:
        raise ValidationError(
            f"这份 PDF 有 {error.pages} 页，上限是 {MAX_PAGES} 页，请拆分后再上传"
        ) from None
    except pdfs.ActivePdf:
        raise ValidationError(
            "这份 PDF 含有脚本、启动程序的动作或内嵌文件，不能上传。请用“打印为 PDF”另存一份再上传"
        ) from None
    except pdfs.NeedsPassword:
        raise ValidationError("打开这份 PDF 需要密码。请去掉打开密码后再上传") from None
    except pdfs.TooMuch:
        raise ValidationError(
            "打开这份 PDF 要用的内存或时间太多，不能上传。请用“打印为 PDF”另存一份，或拆分后再上传"
        ) from None
    except pdfs.UnreadablePdf:
        raise ValidationError(
            "这份 PDF 打不开，可能没有传完整或已损坏。请重新导出一份能打开的再上传"
        ) from None
    return "application/pdf"


# ---------------------------------------------------------------- Word, Excel, PowerPoint
def _office(file, ending) -> str:
    what = f"文件名以 {ending} 结尾，"
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            unpacked, packed = (sum(getattr(entry, size) for entry in entries) for size in _SIZES)
            bomb = unpacked > _SMALL and unpacked > MAX_RATIO * packed
            if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or bomb:
                raise ValidationError(
                    "这份文档解开以后太大，不能上传。请删去不需要的内容，或另存为 PDF 再上传"
                )
            if archive.testzip():  # reads each entry to its end
                raise zipfile.BadZipFile
            types = _xml(archive, "[Content_Types].xml")
            for entry in entries:
                if entry.filename.endswith(".rels"):
                    _refuse_links(_xml(archive, entry.filename))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise ValidationError(
            f"{what}内容却不是这种文档，或者已加密、已损坏。请用 Office 或 WPS 重新另存一份再上传"
        ) from None
    except (KeyError, ParseError, ValueError):
        raise ValidationError(f"{what}内容却不是这种文档。请用 Office 或 WPS 重新另存一份再上传") from None
    declared = {element.get("ContentType", "").lower() for element in types.iter()}
    names = " ".join(entry.filename.lower() for entry in entries)
    if "vbaproject" in names or any(word in kind for kind in declared for word in _MACROS):
        raise ValidationError("这份文档含有宏，不能上传。请另存为不含宏的文档，或另存为 PDF 再上传")
    if f"{_OFFICE_TYPES[ending]}.main+xml" not in declared:
        raise ValidationError(f"{what}内容却不是这种文档。请用 Office 或 WPS 重新另存一份再上传")
    return _OFFICE_TYPES[ending]


def _xml(archive, name):
    """A part of an Office file, which has no DTD. Raises KeyError, ValueError or ParseError."""
    if archive.getinfo(name).file_size > MAX_PART:
        raise ValueError(name)
    return fromstring(archive.read(name), forbid_dtd=True)


def _refuse_links(relationships) -> None:
    """An address to click on is text; a template or a picture from elsewhere is fetched when the file is opened."""
    for link in relationships.iter():
        if link.get("TargetMode", "").lower() == "external" and not link.get("Type", "").endswith(
            "/hyperlink"
        ):
            raise ValidationError(
                "这份文档引用了外部的模板、图片或文件，不能上传。请断开外部链接，或另存为 PDF 再上传"
            )
