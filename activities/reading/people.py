"""Who presides, keeps the minutes, speaks: 主持人：沈明远, 罗海潮主讲, 由陆思齐讲党课."""

from __future__ import annotations

import re

from activities.reading.line import HAN, STOPS, TAKEN, Line

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏"
    "韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿"
    "关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪"
    "简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_TITLE = r"(?:教授|副教授|博士|老师|书记|副书记|院长|主任|讲师|同志|工程师|研究员|经理|行长|局长|主席|校长)?"
# Per role: what stands in front of its names, and what behind.
_ROLES = [
    ("hosts", "主持人?", "主持(?:会议|召开|活动)?"),
    ("recorders", "记录人?|记录员", "(?:负责)?记录"),
    (
        "speakers",
        "主讲(?:人|嘉宾|教师|老师|专家)?|授课(?:人|教师)|讲课人|报告人|讲师|宣讲人",
        "主讲|授课|讲课|宣讲|讲(?=$|[\\s，,。;；])|(?=讲党课|上党课|讲授|作报告|做报告|作专题)",
    ),
]


def find_people(line: Line, members: list[str]) -> dict[str, list[str]]:
    """Take the names with a part in the activity out of the line: {speakers, hosts, recorders: names}."""
    known = [re.escape(name) for name in sorted(members, key=len, reverse=True) if len(name) > 1]
    stranger = rf"(?:[{_SURNAMES}][{HAN}]{{1,2}}?)"
    member = rf"(?:{'|'.join(known)})" if known else r"(?!)"
    edge = rf"(?=$|[\s{STOPS}/()和与{TAKEN}]|主持|主讲|记录|讲|授课|作)"
    labelled = rf"(?:{member}|{stranger}(?={_TITLE}{edge}))"
    # Behind its name: a member anywhere, another person only at the start of a word.
    begins = rf"(?:(?<=由)|(?<=请)|(?<![^\s{STOPS}/(){TAKEN}]))"
    behind = rf"(?:由|请|邀请)?(?P<names>{member}(?:[、和]{member})*|{begins}{stranger})"
    found: dict[str, list[str]] = {}
    for role, label, verb in _ROLES:
        several = rf"(?P<names>{labelled}{_TITLE}(?:[、和/]{labelled}{_TITLE})*)"
        patterns = (
            rf"(?:{label})\s*[:是为]?\s*{several}",
            rf"{behind}{_TITLE}\s*(?:{verb})",
        )
        for pattern in patterns:
            for match in re.finditer(pattern, line.words):
                if match[0] and line.is_free(match.span()):
                    names = found.setdefault(role, [])
                    names += [name for name in _names(line, match.span("names"), known) if name not in names]
                    line.take(match.span())
    return found


def _names(line: Line, span: tuple[int, int], known: list[str]) -> list[str]:
    parts = re.split("[、/]|和(?=[^、/]{2})", line.text[slice(*span)])
    return [re.sub(f"{_TITLE}$", "", part) if re.escape(part) not in known else part for part in parts]
