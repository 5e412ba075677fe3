"""The report as a Word file, laid out after GB/T 9704-2012.

A4, margins 37/35/28/26 mm, 22 lines of 28 characters: body 三号 仿宋_GB2312 on a fixed pitch of 28 pt. Fonts are named
and not shipped. Every run names its East Asian font and says so (hint), or “”—… would take the Latin one.
The bytes depend on nothing but the frozen report: no clock, fixed times in the ZIP, the branch as author.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from xml.sax.saxutils import escape

from docx import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor, Twips

from reports.document import Document, Group, NewPage, Photos, Picture, Table, Text, cell_text

SONG_TITLE, FANG_SONG, HEI, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
LATIN = "Times New Roman"
PITCH = Pt(28)
TITLE, BODY, PAGE_NUMBER, TABLE = Pt(22), Pt(16), Pt(14), Pt(10.5)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

# role → (base style, font, size, alignment, first-line indent in characters)
_STYLES = {
    "title": ("Title", SONG_TITLE, TITLE, WD_ALIGN_PARAGRAPH.CENTER, 0),
    "meta": ("Subtitle", KAI, BODY, WD_ALIGN_PARAGRAPH.CENTER, 0),
    "heading1": ("Heading 1", HEI, BODY, WD_ALIGN_PARAGRAPH.LEFT, 2),
    "heading2": ("Heading 2", KAI, BODY, WD_ALIGN_PARAGRAPH.LEFT, 2),
    "body": ("Body Text", FANG_SONG, BODY, WD_ALIGN_PARAGRAPH.JUSTIFY, 2),
    "appendix": ("附件号", HEI, BODY, WD_ALIGN_PARAGRAPH.LEFT, 0),
    "appendix_title": ("附件标题", SONG_TITLE, TITLE, WD_ALIGN_PARAGRAPH.CENTER, 0),
    "caption": ("Caption", KAI, BODY, WD_ALIGN_PARAGRAPH.LEFT, 0),
    "note": ("注", FANG_SONG, Pt(12), WD_ALIGN_PARAGRAPH.LEFT, 0),
}
# Appendices are entries of the outline too.
_OUTLINE = {"appendix_title": 0}


def write(compiled, stream) -> None:
    """Write the Word file of a compiled report."""
    stream.write(render_document(compiled.document))


def render_document(document: Document) -> bytes:
    """The Word file of a drafted report."""
    word = WordDocument()
    _properties(word, document)
    _styles(word)
    section = word.sections[0]
    _page(section, landscape=False)
    _page_numbers(word, section)
    for block in document.blocks:
        _BLOCKS[type(block)](word, block)
    saved = io.BytesIO()
    word.save(saved)
    return _same_bytes(saved)


# ---------------------------------------------------------------- blocks
def _text(word, block: Text):
    style, font, size, *_ = _STYLES[block.role]
    paragraph = _paragraph(word, style)
    _run(paragraph, block.text, font, size)


def _paragraph(word, style):
    """A new paragraph. The style is set by its id: by name, the library searches all styles each time."""
    paragraph = word.add_paragraph()
    paragraph._p.style = word.styles[style].style_id
    return paragraph


def _new_page(word, block: NewPage):
    section = word.add_section(WD_SECTION.NEW_PAGE)
    _page(section, landscape=block.landscape)


def _table(word, block: Table):
    section = word.sections[-1]
    width = section.page_width - section.left_margin - section.right_margin
    shares = sum(column.share for column in block.columns)
    widths = [int(width * column.share / shares) for column in block.columns]
    table = word.add_table(rows=0, cols=len(block.columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for grid, share in zip(table.columns, widths, strict=True):
        grid.width = share
    style = word.styles["表格"].style_id
    heads = [
        _cell(column.head, width, style, HEI, "center")
        for column, width in zip(block.columns, widths, strict=True)
    ]
    rows = [_row(heads, "<w:tblHeader/>")]
    for texts in block.rows:
        if isinstance(texts, Group):
            rows.append(_row([_cell(texts.text, sum(widths), style, HEI, "left", span=len(widths))]))
        else:
            cells = zip(texts, widths, block.columns, strict=True)
            rows.append(
                _row(_cell(cell_text(text), width, style, FANG_SONG, "right" if column.is_number else "left")
                     for text, width, column in cells)
            )  # fmt: skip
    for row in rows:
        table._tbl.append(parse_xml(row))
    # A table may not be the last thing before a section break, and needs air before the next caption.
    _run(_paragraph(word, "注"), "", FANG_SONG, TABLE)


def _nothing(word, block):
    pass


# Rows are written as XML: cell by cell through the library, a year of a thousand activities takes half a minute.
def _row(cells, properties="") -> str:
    return f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text, width, style, font, alignment, span=1) -> str:
    keep = "<w:keepNext/>" if span > 1 else ""  # a subheading stays with what it heads
    span = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    fonts = f'w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:cs="{LATIN}" w:eastAsia="{font}" w:hint="eastAsia"'
    size = int(TABLE.pt * 2)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width // Twips(1)}" w:type="dxa"/>{span}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}<w:jc w:val="{alignment}"/></w:pPr>'
        f'<w:r><w:rPr><w:rFonts {fonts}/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )


_BLOCKS = {Text: _text, NewPage: _new_page, Table: _table, Photos: _nothing, Picture: _nothing}


# ---------------------------------------------------------------- runs and styles
def _run(paragraph, text, font, size):
    run = paragraph.add_run(text)
    run.font.size = size
    _fonts(run._r.get_or_add_rPr(), font, hint=True)
    return run


def _fonts(properties, font, *, hint=False):
    """Name the fonts of a run or style; themes, which would win over them, go."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is not None:
        properties.remove(fonts)
    fonts = OxmlElement("w:rFonts")
    for slot, name in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", font)):
        fonts.set(qn(f"w:{slot}"), name)
    if hint:
        fonts.set(qn("w:hint"), "eastAsia")
    # rStyle, if any, stands before rFonts; nothing else does.
    properties.insert(1 if properties.find(qn("w:rStyle")) is not None else 0, fonts)


def _set(parent, tag, **attributes):
    """Add an element, or change the one there is."""
    element = parent.find(qn(tag))
    if element is None:
        element = OxmlElement(tag)
        parent.append(element)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def _style(word, name):
    try:
        return word.styles[name]
    except KeyError:
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = word.styles["Normal"]
        return style


def _styles(word):
    normal = word.styles["Normal"]
    _plain(normal, FANG_SONG, BODY)
    # 28 characters of 16 pt are 448 pt, the line has 442: a quarter of a point less between characters.
    _set(normal.element.get_or_add_rPr(), "w:spacing", val=-5)
    for role, (name, font, size, alignment, indent) in _STYLES.items():
        style = _style(word, name)
        _plain(style, font, size)
        style.paragraph_format.alignment = alignment
        if indent:
            _indent(style, indent)
        if role in ("heading1", "heading2", "appendix", "caption"):
            style.paragraph_format.keep_with_next = True
        if role in _OUTLINE:
            _ordered(style.element.get_or_add_pPr(), "w:outlineLvl", val=_OUTLINE[role])
    title = word.styles["Title"]
    border = title.element.pPr.find(qn("w:pBdr"))
    if border is not None:
        title.element.pPr.remove(border)
    for name in ("Title", "附件标题"):
        word.styles[name].paragraph_format.line_spacing = Pt(34)
    word.styles["Subtitle"].paragraph_format.space_after = Pt(14)
    word.styles["附件标题"].paragraph_format.space_after = Pt(14)
    _dense(word.styles["注"], Pt(18))
    word.styles["注"].paragraph_format.space_before = Pt(4)
    cell = _style(word, "表格")
    _plain(cell, FANG_SONG, TABLE)
    _dense(cell, Pt(16))
    cell.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT


def _plain(style, font, size):
    """The style as we want it, whatever the default template of the library says."""
    style.font.size, style.font.bold, style.font.italic = size, False, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    for tag in ("w:spacing", "w:kern"):
        if (found := properties.find(qn(tag))) is not None:
            properties.remove(found)
    _fonts(properties, font)
    layout = style.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = PITCH
    layout.widow_control = False
    paragraph = style.element.get_or_add_pPr()
    for tag in ("w:autoSpaceDE", "w:autoSpaceDN"):  # no extra blank between 汉字 and letters: 28 a line
        _ordered(paragraph, tag, val=0)


def _dense(style, pitch):
    """Lines of their own pitch, off the page's grid of 22."""
    style.paragraph_format.line_spacing = pitch
    _ordered(style.element.get_or_add_pPr(), "w:snapToGrid", val=0)


# The order the schema asks for, as far as we set these by hand.
_AFTER = {
    "w:autoSpaceDE": ("w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind",
                      "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr"),
    "w:autoSpaceDN": ("w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing",
                      "w:jc", "w:outlineLvl", "w:rPr"),
    "w:snapToGrid": ("w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr"),
    "w:ind": ("w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr"),
    "w:outlineLvl": ("w:rPr",),
}  # fmt: skip


def _ordered(parent, tag, **attributes):
    """Add or change an element of paragraph properties at the place where the schema wants it."""
    element = parent.find(qn(tag))
    if element is None:
        element = OxmlElement(tag)
        later = {qn(name) for name in _AFTER[tag]}
        place = next((number for number, child in enumerate(parent) if child.tag in later), len(parent))
        parent.insert(place, element)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))


def _indent(style, characters):
    _ordered(
        style.element.get_or_add_pPr(),
        "w:ind",
        firstLineChars=characters * 100,
        firstLine=int(style.font.size.pt * 20 * characters),
    )


# ---------------------------------------------------------------- pages
def _page(section, *, landscape):
    """A4 with the margins of the standard; turned, the margins turn with it."""
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    margins = (Mm(28), Mm(26), Mm(35), Mm(37)) if landscape else (Mm(37), Mm(35), Mm(28), Mm(26))
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = margins
    section.footer_distance = Mm(19) if landscape else Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")


def _page_numbers(word, section):
    """— 1 —: odd pages right, even pages left, one character in."""
    word.settings.odd_and_even_pages_header_footer = True
    for footer, alignment in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = _style(word, "Footer")
        _plain(paragraph.style, SONG, PAGE_NUMBER)
        paragraph.alignment = alignment
        indent = paragraph.paragraph_format
        if alignment == WD_ALIGN_PARAGRAPH.RIGHT:
            indent.right_indent = PAGE_NUMBER
        else:
            indent.left_indent = PAGE_NUMBER
        _run(paragraph, "— ", SONG, PAGE_NUMBER)
        for kind, text in (("begin", ""), (None, "PAGE"), ("separate", ""), ("shown", "1"), ("end", "")):
            run = _run(paragraph, "", SONG, PAGE_NUMBER)
            if kind is None:
                instruction = OxmlElement("w:instrText")
                instruction.text = text
                run._r.append(instruction)
            elif kind == "shown":
                run.text = text
            else:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
                run._r.append(mark)
        _run(paragraph, " —", SONG, PAGE_NUMBER)


def _properties(word, document):
    about = word.core_properties
    day = dt.datetime.combine(dt.date.fromisoformat(document.day), dt.time())
    about.author = about.last_modified_by = document.author
    about.title, about.language = document.title, "zh-CN"
    about.comments = about.keywords = about.subject = about.category = ""
    about.created = about.modified = day
    about.revision = 1
    language = word.styles.element.find(
        f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}/{qn('w:lang')}"
    )
    if language is not None:
        language.set(qn("w:eastAsia"), "zh-CN")


def _same_bytes(saved: io.BytesIO) -> bytes:
    """The same ZIP with fixed times."""
    packed = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return packed.getvalue()
