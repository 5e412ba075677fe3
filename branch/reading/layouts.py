"""Issuers' layouts, as data: which words stand before a value, and what a value looks like without them.

A school adds its own in DATA_DIR/certificate_layouts.toml; they are tried before the built-in ones:

    [[layout]]
    name = "阿里云"
    signs = ["Alibaba Cloud"]                         # any of these words on the paper
    [layout.labels]
    number = ["Certificate ID", "证书ID"]             # words before, or above, the value
    [layout.patterns]
    type = ['(?P<type>AC[AP]) (?P<direction>.+)']     # a whole line; named groups are fields
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

FIELDS = ("type", "level", "direction", "number", "name", "passed_on", "valid_until")


@dataclass(frozen=True)
class Layout:
    """How an issuer prints its certificates.

    signs: words of which one must be on the paper, none: any paper. labels: for a field, the words before its value,
    compared without spaces and case. patterns: regular expressions searched in each line, whose named groups are
    fields. words: for a field, what is printed → what it means, where a line holds it; it also tells of a type which
    other types it rules out.
    """

    name: str
    signs: tuple[str, ...] = ()
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)


GENERIC_LABELS = {
    "type": ("认证名称", "证书名称", "认证类型", "资格名称", "Certification Name", "Certification:"),
    "level": ("认证等级", "等级", "级别", "Level:"),
    "direction": ("认证方向", "方向", "专业", "Track:"),
    "number": (
        "证书编号",
        "证书号码",
        "证书号",
        "编号",
        "Certificate Number",
        "Certificate No",
        "Certificate ID",
        "Cert No",
    ),
    "name": ("姓名", "持证人", "Name:", "This is to certify that", "This certifies that"),
    "passed_on": (
        "通过日期",
        "认证日期",
        "颁证日期",
        "颁发日期",
        "发证日期",
        "签发日期",
        "生效日期",
        "Date of Certification",
        "Certification Date",
        "Date of Issue",
        "Issue Date",
        "Issued on",
        "Date:",
    ),
    "valid_until": (
        "有效期至",
        "有效期限至",
        "有效日期至",
        "失效日期",
        "到期日期",
        "Valid Until",
        "Valid Through",
        "Expiration Date",
        "Expiry Date",
        "Expires on",
    ),
}
NAME_IN_A_SENTENCE = (
    r"兹(?:证明|授予)\s*(?P<name>[\u4e00-\u9fff·]{2,8}?)\s*(?:先生|女士|同志|老师|通过|已|于|具|[,，。]|$)",
)

HUAWEI = Layout(
    name="华为",
    signs=("Huawei", "华为"),
    labels=GENERIC_LABELS,
    patterns={
        "type": (r"(?P<type>HC[I1l|][APE])\s*[-–—]\s*(?P<direction>[A-Za-z0-9\u4e00-\u9fff].*)",),
        "name": NAME_IN_A_SENTENCE,
    },
    words={
        "type": {
            "Certified ICT Associate": "HCIA",
            "Certified ICT Professional": "HCIP",
            "Certified ICT Expert": "HCIE",
        },
        "level": {
            "ICT Associate": "工程师",
            "ICT Professional": "高级工程师",
            "ICT Expert": "专家",
            "ICT工程师": "工程师",
            "ICT高级工程师": "高级工程师",
            "ICT专家": "专家",
        },
    },
)
GENERIC = Layout(name="通用", labels=GENERIC_LABELS, patterns={"name": NAME_IN_A_SENTENCE})
LAYOUTS = (HUAWEI, GENERIC)


def load_layouts(path: Path) -> tuple[Layout, ...]:
    """The layouts of an installation's file, then the built-in ones.

    Raises ValueError, naming what is wrong, for a file that is not of the form above.
    """
    if not path.exists():
        return LAYOUTS
    own = []
    for entry in tomllib.loads(path.read_text("utf-8")).get("layout", []):
        labels, patterns = entry.get("labels", {}), entry.get("patterns", {})
        if unknown := (labels.keys() | patterns.keys()) - set(FIELDS):
            raise ValueError(f"{path.name}: unknown fields {', '.join(sorted(unknown))}")
        try:
            for pattern in (pattern for some in patterns.values() for pattern in some):
                if strange := re.compile(pattern).groupindex.keys() - set(FIELDS):
                    raise ValueError(f"{path.name}: unknown groups {', '.join(sorted(strange))}")
        except re.error as error:
            raise ValueError(f"{path.name}: {pattern}: {error}") from None
        own.append(
            Layout(
                name=entry.get("name", ""),
                signs=tuple(entry.get("signs", ())),
                labels=GENERIC_LABELS | {key: tuple(words) for key, words in labels.items()},
                patterns={key: tuple(some) for key, some in patterns.items()},
            )
        )
    return (*own, *LAYOUTS)
