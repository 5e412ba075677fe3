"""Partners, by name, alias or a distinctive part of the name: 澄湖农商行 for 澄湖农商银行科技部党支部."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from activities.reading.line import Line, Span, one_of
from core.text import match_key

_PARTY = re.compile(
    r"(?:机关)?(?:党委|党总支|党工委|(?:第[一二三四五六七八九十]+)?党支部|总?支部(?:委员会)?|党组织?|委员会|居委会|居民委员会|村委会"
    r"|村民委员会|党群服务中心)$"
)
_COMPANY = re.compile(r"(?:集团)?(?:股份)?(?:有限)?(?:责任)?公司$|集团$")
_TRADE = re.compile(r"(?:信息)?(?:技术|科技|信息|网络|软件|电子|通信|智能|数据)+$")
_DEPARTMENT = re.compile(r"(?<=[行司团院局校学会])[^行司团院局校学会]{2,5}[部处科室]$")
_REGION = re.compile(
    r"^(?:[^省市区县镇乡]{2,4}[省市区县](?=.{2})|.{2,3}(?=农村商业银行|农商[银行]|商业银行))"
)
_SHORTER = [
    ("农村商业银行", "农商银行"), ("农商银行", "农商行"), ("科学技术协会", "科协"), ("科学技术局", "科技局"),
    ("科学技术馆", "科技馆"), ("工业和信息化局", "工信局"), ("人民医院", "医院"), ("职业技术学院", "职院"),
    ("实验小学", "实小"), ("街道办事处", "街道"), ("人民政府", ""), ("银行", "行"),
]  # fmt: skip
# Words that name no partner in particular.
_COMMON = re.compile(
    one_of(
        """社区 银行 公司 企业 学校 小学 中学 大学 学院 医院 街道 园区 协会 集团 技术 科技 支部 机关 中心 研究院
    研究所 中国 人民 信息 教育 服务 软件园 科技园 产业园 村委会"""
    )
)


@dataclass(frozen=True)
class PartnerWord:
    """Where the line names a partner."""

    partner: int
    span: Span


def short_forms(name: str) -> set[str]:
    """The parts of a name by which people know it."""
    forms, waiting = set(), [match_key(name)]
    while waiting:
        form = waiting.pop()
        if form in forms or len(form) < 2 or _COMMON.fullmatch(form):
            continue
        forms.add(form)
        waiting += [rule.sub("", form) for rule in (_PARTY, _COMPANY, _DEPARTMENT, _REGION)]
        if form != match_key(name):  # 华为技术, of 华为技术有限公司
            waiting.append(_TRADE.sub("", form))
        waiting += [form.replace(long, short) for long, short in _SHORTER if long in form]
    return forms


def find_partners(line: Line, partners: list[tuple[int, str, tuple[str, ...]]]) -> list[PartnerWord]:
    """Every partner named in the whole line, in its order; of overlapping names the longest. A short form that two
    partners share names neither."""
    full = {(match_key(name).lower(), pk) for pk, own, aliases in partners for name in (own, *aliases)}
    short = {
        (form.lower(), pk)
        for pk, own, aliases in partners
        for name in (own, *aliases)
        for form in short_forms(name)
    }
    shared = Counter(form for form, _ in short | full)
    own_names = {form for form, _ in full}
    wanted = full | {(form, pk) for form, pk in short if shared[form] == 1 and form not in own_names}
    found: list[PartnerWord] = []
    for form, pk in sorted(wanted, key=lambda pair: (-len(pair[0]), pair)):
        for match in re.finditer(_pattern(form), line.plain) if len(form) > 1 else ():
            start, end = match.span()
            if not any(word.span[0] < end and start < word.span[1] for word in found):
                found.append(PartnerWord(pk, (start, end)))
    return sorted(found, key=lambda word: word.span)


def _pattern(form: str) -> str:
    """The name, with blanks between its characters allowed for; a name in Latin letters is a whole word."""
    letters = r"\s?".join(re.escape(char) for char in form)
    start = r"(?<![a-z])" if re.match(r"[a-z]", form) else ""
    end = r"(?![a-z])" if re.search(r"[a-z]$", form) else ""
    return f"{start}{letters}{end}"
