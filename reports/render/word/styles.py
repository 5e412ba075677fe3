"""How the Word file looks: paper, fonts and styles of GB/T 9704-2012, as the parts of the package that hold them.

Built-in styles keep their built-in names, so Word shows them in the user's language, its navigation pane and its lists
of figures find them, and a user changes the look of the whole report in one place. Lengths: twips (1/20 pt), font sizes
in points.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.render.word.xml import LATIN, MAIN, attributes, fonts

SONG_TITLE, FANG_SONG, HEI, KAI, SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
PITCH = 560  # 28 pt from line to line
TITLE, BODY, PAGE_NUMBER, CAPTION, TABLE = 22, 16, 14, 12, 10.5
MM = 1440 / 25.4

# What a machine without a font takes for it: newer Windows has the same faces under other names.
_SUBSTITUTES = {
    SONG_TITLE: ("宋体", "auto"),
    FANG_SONG: ("仿宋", "modern"),
    HEI: ("SimHei", "modern"),
    KAI: ("楷体", "modern"),
    SONG: ("SimSun", "auto"),
}


# ---------------------------------------------------------------- paper
@dataclass(frozen=True)
class Paper:
    """A page, in twips. Turned, its margins turn with it."""

    width: int
    height: int
    top: int
    bottom: int
    left: int
    right: int
    footer: int
    landscape: bool

    @property
    def text_width(self) -> int:
        """Between the margins."""
        return self.width - self.left - self.right

    def section(self) -> str:
        """The properties of a section on it. Lines are laid on a grid, 22 to an upright page."""
        orient, turned = (' w:orient="landscape"', "-turned") if self.landscape else ("", "")
        return (
            f'<w:sectPr><w:footerReference w:type="even" r:id="even{turned}"/>'
            f'<w:footerReference w:type="default" r:id="odd{turned}"/>'
            f'<w:pgSz w:w="{self.width}" w:h="{self.height}"{orient}/>'
            f'<w:pgMar w:top="{self.top}" w:right="{self.right}" w:bottom="{self.bottom}" w:left="{self.left}" '
            f'w:header="851" w:footer="{self.footer}" w:gutter="0"/>'
            '<w:docGrid w:type="lines" w:linePitch="579"/></w:sectPr>'
        )


def _paper(width, height, top, bottom, left, right, footer, *, landscape):
    return Paper(*(round(mm * MM) for mm in (width, height, top, bottom, left, right, footer)), landscape)


UPRIGHT = _paper(210, 297, 37, 35, 28, 26, 25, landscape=False)
LANDSCAPE = _paper(297, 210, 28, 26, 35, 37, 16, landscape=True)


# ---------------------------------------------------------------- styles
@dataclass(frozen=True)
class Style:
    """A paragraph style. name: Word's own where it has one; before, after, pitch, inset (from both margins): twips;
    pitch 0: as high as what stands in the line; indent, right: characters; contextual: no space between two of the
    same style; outline: level in the navigation pane; frame: a thin line around."""

    id: str
    name: str
    font: str
    size: float
    align: str = "left"
    indent: int = 0
    right: int = 0
    inset: int = 0
    pitch: int = PITCH
    before: int = 0
    after: int = 0
    contextual: bool = False
    keep_next: bool = False
    keep_lines: bool = False
    snap: bool = True
    outline: int | None = None
    frame: bool = False
    base: str = "Normal"

    def xml(self) -> str:
        """Its definition."""
        based = f'<w:basedOn w:val="{self.base}"/>' if self.id != self.base else ""
        following = '<w:next w:val="BodyText"/>' if self.outline is not None else ""
        default = ' w:default="1"' if self.id == "Normal" else ""
        custom = ' w:customStyle="1"' if not self.name.isascii() else ""
        # 28 characters of 16 pt are 448 pt, the line has 442: a quarter of a point less between characters.
        tight = '<w:spacing w:val="-5"/>' if self.id == "Normal" else ""
        return (
            f'<w:style w:type="paragraph"{default}{custom} w:styleId="{self.id}"><w:name w:val="{self.name}"/>'
            f"{based}{following}<w:qFormat/><w:pPr>{self._paragraph()}</w:pPr>"
            f'<w:rPr>{fonts(self.font)}<w:b w:val="0"/><w:i w:val="0"/><w:color w:val="000000"/>{tight}'
            f'<w:sz w:val="{round(self.size * 2)}"/><w:szCs w:val="{round(self.size * 2)}"/></w:rPr></w:style>'
        )

    def _paragraph(self):
        edge = 'w:val="single" w:sz="4" w:space="4" w:color="808080"'
        indents = {}
        if self.indent:
            indents |= {"firstLineChars": self.indent * 100, "firstLine": round(self.indent * self.size * 20)}
        if self.inset:
            indents |= {"left": self.inset, "right": self.inset}
        if self.right:
            indents |= {"rightChars": self.right * 100, "right": round(self.right * self.size * 20)}
        spacing = {"before": self.before, "after": self.after}
        spacing |= {"line": self.pitch or 240, "lineRule": "exact" if self.pitch else "auto"}
        # In the order of the schema. No extra blank between 汉字 and letters, or 28 characters a line fail.
        return "".join((
            "<w:keepNext/>" if self.keep_next else "",
            "<w:keepLines/>" if self.keep_lines else "",
            '<w:widowControl w:val="0"/>',
            f"<w:pBdr><w:top {edge}/><w:left {edge}/><w:bottom {edge}/><w:right {edge}/></w:pBdr>"
            if self.frame else "",
            '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>',
            "" if self.snap else '<w:snapToGrid w:val="0"/>',
            f"<w:spacing {attributes(spacing)}/>",
            f"<w:ind {attributes(indents)}/>" if indents else "",
            "<w:contextualSpacing/>" if self.contextual else "",
            f'<w:jc w:val="{self.align}"/>',
            f'<w:outlineLvl w:val="{self.outline}"/>' if self.outline is not None else "",
        ))  # fmt: skip


STYLES = {
    style.id: style
    for style in (
        Style("Normal", "Normal", FANG_SONG, BODY),
        Style("Title", "Title", SONG_TITLE, TITLE, "center", pitch=680, after=PITCH // 2, keep_next=True),
        Style("Subtitle", "Subtitle", KAI, BODY, "center", after=PITCH // 2, contextual=True),
        Style("Heading1", "heading 1", HEI, BODY, indent=2, keep_next=True, outline=0),
        Style("Heading2", "heading 2", KAI, BODY, indent=2, keep_next=True, outline=1),
        Style("Heading3", "heading 3", FANG_SONG, BODY, indent=2, keep_next=True, outline=2),
        Style("BodyText", "Body Text", FANG_SONG, BODY, "both", indent=2),
        Style("Signature", "Signature", FANG_SONG, BODY, "right", right=2, before=PITCH, contextual=True,
              keep_lines=True),
        Style("Caption", "caption", FANG_SONG, CAPTION, "center", pitch=360, before=60, after=160, keep_lines=True,
              snap=False),
        Style("AppendixNumber", "附件号", HEI, BODY, keep_next=True, outline=0),
        Style("AppendixTitle", "附件标题", SONG_TITLE, TITLE, "center", pitch=680, before=200, after=PITCH // 2,
              keep_next=True, outline=1),
        Style("TableCaption", "表题", HEI, CAPTION, "center", pitch=360, before=160, after=60, keep_next=True,
              snap=False, outline=2, base="Caption"),
        Style("TableText", "表格文字", FANG_SONG, TABLE, pitch=320, snap=False),
        Style("FactText", "表单文字", FANG_SONG, CAPTION, pitch=400, before=60, after=60, contextual=True, snap=False),
        Style("Note", "附注", FANG_SONG, CAPTION, pitch=360, before=80, snap=False),
        Style("PictureLine", "图片", FANG_SONG, CAPTION, "center", pitch=0, before=80, keep_next=True, snap=False),
        Style("Missing", "缺图", FANG_SONG, CAPTION, "center", pitch=360, before=160, after=80, keep_next=True,
              snap=False, frame=True, inset=200),
        Style("Gap", "间隔", FANG_SONG, 1, pitch=20, snap=False),
        Style("Footer", "footer", SONG, PAGE_NUMBER, pitch=0, snap=False),
    )
}  # fmt: skip

# role of a paragraph → style
ROLES = {
    "title": "Title",
    "meta": "Subtitle",
    "heading1": "Heading1",
    "heading2": "Heading2",
    "heading3": "Heading3",
    "body": "BodyText",
    "signature": "Signature",
    "appendix": "AppendixNumber",
    "appendix_title": "AppendixTitle",
    "caption": "TableCaption",
    "note": "Note",
}
MARK_STYLE = "EvidenceMark"
GRID_TABLE, BARE_TABLE = "TableGrid", "PhotoTable"
CELL_MARGIN = 80


def styles_part() -> str:
    """word/styles.xml."""
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
    margins = (
        f'<w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="{CELL_MARGIN}" w:type="dxa"/>'
        f'<w:bottom w:w="0" w:type="dxa"/><w:right w:w="{CELL_MARGIN}" w:type="dxa"/></w:tblCellMar>'
    )
    return (
        f"<w:styles {MAIN}><w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANG_SONG)}"
        f'<w:sz w:val="{BODY * 2}"/><w:szCs w:val="{BODY * 2}"/>'
        # As Word itself does in China: were Latin text Chinese, English words would be broken anywhere.
        '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
        f"{''.join(style.xml() for style in STYLES.values())}"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{MARK_STYLE}"><w:name w:val="佐证号"/>'
        '<w:qFormat/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        f'<w:tblPr><w:tblInd w:w="0" w:type="dxa"/>{margins}</w:tblPr></w:style>'
        f'<w:style w:type="table" w:styleId="{GRID_TABLE}"><w:name w:val="Table Grid"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{lines}</w:tblBorders></w:tblPr></w:style>'
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{BARE_TABLE}"><w:name w:val="图片表"/>'
        '<w:basedOn w:val="TableNormal"/></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/></w:style>'
        "</w:styles>"
    )


# ---------------------------------------------------------------- other parts
def settings_part() -> str:
    """word/settings.xml: odd and even pages differ, nothing else is special; laid out as by Word 2013 and later."""
    return (
        f'<w:settings {MAIN}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def font_table_part() -> str:
    """word/fontTable.xml: what stands in for a font that is not installed."""
    listed = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{substitute}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        for name, (substitute, family) in _SUBSTITUTES.items()
    )
    return f"<w:fonts {MAIN}>{listed}</w:fonts>"


def footer_part(*, even: bool, landscape: bool) -> str:
    """word/footer*.xml, “— 1 —”: odd pages right, even pages left, one character in.

    A turned page has its number where an upright one has it when the report is bound (GB/T 9704-2012, 横排表格): along
    its left edge, in a cell that hangs over the page.
    """
    side = "left" if even else "right"
    properties = f"<w:rPr>{fonts(SONG)}</w:rPr>"
    number = (
        f'<w:p><w:pPr><w:pStyle w:val="Footer"/><w:ind w:{side}Chars="100" w:{side}="{PAGE_NUMBER * 20}"/>'
        f'<w:jc w:val="{side}"/></w:pPr>'
        f'<w:r>{properties}<w:t xml:space="preserve">— </w:t></w:r>'
        f'<w:r>{properties}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{properties}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        f'<w:r>{properties}<w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r>{properties}<w:t>1</w:t></w:r>"
        f'<w:r>{properties}<w:fldChar w:fldCharType="end"/></w:r>'
        f'<w:r>{properties}<w:t xml:space="preserve"> —</w:t></w:r></w:p>'
    )
    if landscape:
        page, wide = LANDSCAPE, round(8 * MM)
        high, left = page.height - page.top - page.bottom, page.left - round(7 * MM) - wide // 2
        number = (
            f'<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="page" '
            f'w:horzAnchor="page" w:tblpX="{left}" w:tblpY="{page.top}"/><w:tblW w:w="{wide}" w:type="dxa"/>'
            '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
            '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            f'<w:tblGrid><w:gridCol w:w="{wide}"/></w:tblGrid><w:tr><w:trPr>'
            f'<w:trHeight w:val="{high}" w:hRule="exact"/></w:trPr><w:tc><w:tcPr>'
            f'<w:tcW w:w="{wide}" w:type="dxa"/><w:textDirection w:val="tbRl"/><w:vAlign w:val="center"/></w:tcPr>'
            f'{number}</w:tc></w:tr></w:tbl><w:p><w:pPr><w:pStyle w:val="Gap"/></w:pPr></w:p>'
        )
    return f"<w:ftr {MAIN}>{number}</w:ftr>"


def theme_part() -> str:
    """word/theme/theme1.xml: validators and some programs ask for one; every run names its fonts, so it decides
    nothing but the colours on offer."""
    colours = {
        "dk1": "000000", "lt1": "FFFFFF", "dk2": "404040", "lt2": "F2F2F2", "accent1": "C00000", "accent2": "1F4E79",
        "accent3": "7F6000", "accent4": "375623", "accent5": "7F7F7F", "accent6": "833C0B", "hlink": "000000",
        "folHlink": "000000",
    }  # fmt: skip
    scheme = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in colours.items())
    face = f'<a:latin typeface="{LATIN}"/><a:ea typeface="{{}}"/><a:cs typeface="{LATIN}"/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    return (
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="公文"><a:themeElements>'
        f'<a:clrScheme name="公文">{scheme}</a:clrScheme><a:fontScheme name="公文">'
        f"<a:majorFont>{face.format(HEI)}</a:majorFont><a:minorFont>{face.format(FANG_SONG)}</a:minorFont>"
        f'</a:fontScheme><a:fmtScheme name="公文"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{f'<a:ln>{fill}</a:ln>' * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{'<a:effectStyle><a:effectLst/></a:effectStyle>' * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
