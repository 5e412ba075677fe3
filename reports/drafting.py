"""The text of a report, drafted from a frozen one: pure, and nothing but recorded facts.

Numbers come from figures or from the record told. Zero is left out, splits add up, estimates are said to be
estimates, a section without records says so. No praise: judgement is the secretary's.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from reports.document import Column, Document, NewPage, Table
from reports.figures.compute import ratio_text
from reports.freezing import Frozen

# Templates of a report by name: the pattern of its title, and its sections in order.
TEMPLATES = {
    "yearly": {
        "title": "{branch}{period}“强国行”专项行动进展报告",
        "sections": [
            "joint_building",
            "education_service",
            "technology_empowerment",
            "practice_education",
            "branch_life",
        ],
    },
}
HEADINGS = {
    "joint_building": "党建联建",
    "education_service": "教育服务",
    "technology_empowerment": "科技赋能",
    "practice_education": "实践育人",
    "branch_life": "支部建设",
}
NUMERALS = "一二三四五六七八九十"
TOLD = 3  # records told in prose; the rest are counted and stand in an appendix
# No 活动 after a kind that already ends like a happening: 专题讲座, not 专题讲座活动.
_COMPLETE = ("讲座", "培训", "活动", "党课", "会", "沙龙", "调研")
LEVELS = {
    "international": "国际级",
    "national": "国家级",
    "provincial": "省部级",
    "municipal": "市厅级",
    "university": "校级",
    "college": "院级",
}


def title_of(branch: str, period: str, template: str) -> str:
    """The title of a report. period: the window's label, such as 2024年度."""
    return TEMPLATES[template]["title"].format(branch=branch, period=period)


def draft(frozen: Frozen) -> Document:
    """The whole report as blocks."""
    return _Draft(frozen).document()


# ---------------------------------------------------------------- words
def chinese_day(day: str, year: int | None = None) -> str:
    """4月18日 within the year given, else 2024年4月18日."""
    date = dt.date.fromisoformat(day)
    text = f"{date.month}月{date.day}日"
    return text if date.year == year else f"{date.year}年{text}"


def chinese_date(date: dict | None, year: int | None = None) -> str:
    """A partial date as far as it is known: 2024年3月; without the year given: 3月."""
    if not date:
        return ""
    first, last = dt.date.fromisoformat(date["first"]), dt.date.fromisoformat(date["last"])
    if first == last:
        return chinese_day(date["first"], year)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.month}月" if first.year == year else f"{first.year}年{first.month}月"
    return f"{first.year}年"


def short_date(date: dict | None) -> str:
    """A partial date in a table: 2024-03-01, 2024-03, 2024."""
    if not date:
        return ""
    if date["first"] == date["last"]:
        return date["first"]
    return date["first"][:7] if date["first"][:7] == date["last"][:7] else date["first"][:4]


def _listing(parts) -> str:
    return "、".join(part for part in parts if part)


def _sentence(*parts: str) -> str:
    """Clauses joined by commas and closed; empty ones are left out."""
    told = [part for part in parts if part]
    return f"{'，'.join(told)}。" if told else ""


def _quoted(name: str) -> str:
    """A name in quotation marks, those inside it made single."""
    return f"“{name.replace('“', '‘').replace('”', '’')}”"


def _titled(name: str) -> str:
    """A name in book marks, unless it brings its own."""
    return name if name.startswith("《") else f"《{name}》"


class _Draft:
    def __init__(self, frozen: Frozen):
        self.figures = {figure["key"]: figure for figure in frozen.figures["figures"]}
        self.body, self.material = frozen.figures, frozen.material
        self.branch, window = self.body["branch"], self.body["window"]
        self.start, self.end = dt.date.fromisoformat(window["start"]), dt.date.fromisoformat(window["end"])
        self.label = window["label"]
        self.is_year = (self.start, self.end) == (
            dt.date(self.start.year, 1, 1),
            dt.date(self.start.year, 12, 31),
        )
        # Dates inside the year go without it; a window over several years names it.
        self.year = self.start.year if self.start.year == self.end.year else None
        self.nothing = "本年度无记录。" if self.is_year else "本统计区间无记录。"
        self.template = TEMPLATES[self.material["template"]]
        self.doc = Document(
            title_of(self.branch["name"], self._period(), self.material["template"]),
            self.branch["name"],
            str(self.end),
        )

    def document(self) -> Document:
        doc = self.doc
        # A title of more than a line breaks after the branch, not inside “强国行”.
        name = self.branch["name"]
        doc.add("title", doc.title if len(doc.title) <= 20 else doc.title.replace(name, f"{name}\n", 1))
        doc.add("meta", f"统计区间：{chinese_day(str(self.start))}至{chinese_day(str(self.end), self.year)}")
        doc.add("meta", f"统计时点：{chinese_day(str(self.end))}")
        doc.add("body", self._who())
        doc.add("body", self._overview())
        sections = self.template["sections"]
        for numeral, line in zip(NUMERALS, sections, strict=False):
            doc.add("heading1", f"{numeral}、{HEADINGS[line]}")
            self._section(line)
        doc.add("heading1", f"{NUMERALS[len(sections)]}、存在的不足与下一步计划")
        self._shortcomings()
        self._appendices()
        return doc

    # ------------------------------------------------------------ numbers
    def value(self, key: str):
        """The number of a figure; 0 where it was left out."""
        figure = self.figures.get(key)
        return figure["value"] if figure and figure["value"] else 0

    def count(self, key: str, words: str = "{}") -> str:
        """A figure with its unit inside a phrase, without commas: `发表学术论文{}` → 发表学术论文10篇. Zero: empty."""
        value = self.value(key)
        return words.format(f"{value}{self.figures[key]['unit']}") if value else ""

    def money(self, key: str, words: str) -> str:
        """An amount in 万元 with at most two decimals, in 元 where that would round it. Zero: empty."""
        amount = Decimal(str(self.value(key) or 0))
        if not amount:
            return ""
        wan = amount / 10000
        if wan == round(wan, 2):
            return words.format(f"{wan.normalize():f}万元")
        return words.format(f"{amount:.2f}元")

    def split(self, keys: dict[str, str], whole: str = "", rest: str = "") -> str:
        """`其中国家级29项、省部级16项`: the parts of a figure that adds up to it.

        Arguments: keys, {key: word}; whole, the figure split; rest, what the remainder is called. A split of
        one part that is the whole is said without 其中.
        """
        parts = [
            (word, self.value(key), self.figures[key]["unit"])
            for key, word in keys.items()
            if self.value(key)
        ]
        left = self.value(whole) - sum(value for _, value, _ in parts)
        if left > 0 and rest and parts:
            parts.append((rest, left, self.figures[whole]["unit"]))
        if len(parts) == 1 and parts[0][1] == self.value(whole):
            return f"{'均' if parts[0][1] > 1 else ''}为{parts[0][0]}"
        told = _listing(f"{word}{value}{unit}" for word, value, unit in parts)
        return f"其中{told}" if told else ""

    def levels(self, kind: str) -> str:
        """The split by level."""
        keys = {f"outcomes.{kind}:{level}": word for level, word in LEVELS.items()}
        return self.split(keys, f"outcomes.{kind}", "未定级")

    def change(self, key: str) -> str:
        """Year on year, where last year has a figure: 较上年增加3篇."""
        before = self.material["last_year"].get(key)
        if not before or not self.value(key):
            return ""
        difference = int(self.value(key)) - int(before["value"])
        if not difference:
            return "与上年持平" if self.is_year else "与上年同期持平"
        than = "较上年" if self.is_year else "较上年同期"
        return f"{than}{'增加' if difference > 0 else '减少'}{abs(difference)}{self.figures[key]['unit']}"

    def _period(self) -> str:
        return re.sub(r"(\d{4})-(\d{4})学年", r"\1—\2学年", self.label)

    # ------------------------------------------------------------ opening
    def _who(self) -> str:
        if not self.value("members.total"):
            people = ""
        else:
            standing = {"members.full": "正式党员", "members.probationary": "预备党员"}
            people = _sentence(
                f"截至{chinese_day(str(self.end))}，支部共有党员{self.count('members.total')}",
                self.split(standing, "members.total"),
            )
        programmes = "".join(
            _sentence(
                f"支部为{row['level']}“强国行”专项行动团队",
                row["document_number"],
                f"建设周期为{chinese_day(row['starts_on'])}至{chinese_day(row['ends_on'])}",
            )
            for row in self.material["programmes"]
        )
        return people + programmes

    def _overview(self) -> str:
        papers = _listing(
            [self.count("outcomes.paper", "学术论文{}"), self.count("outcomes.party_paper", "党建论文{}")]
        )
        clauses = [
            self.count("activities.total", "举办各类活动{}"),
            self.count("partnerships.partners", "与{}单位开展联建"),
            self.count("outreach.person_times", "服务{}"),
            f"发表{papers}" if papers else "",
            self.count("outcomes.patent", "获专利授权{}"),
            self.count("outcomes.competition_award", "获学科竞赛奖{}"),
        ]
        told = "，".join(clause for clause in clauses if clause)
        return f"{self._when()}，支部{told}。" if told else self.nothing

    def _when(self) -> str:
        if self.is_year:
            return f"{self.start.year}年"
        return f"{chinese_day(str(self.start))}至{chinese_day(str(self.end), self.year)}"

    # ------------------------------------------------------------ sections
    def _section(self, line: str) -> None:
        """General situation in figures, then what is told of single records; each only if there is something."""
        general = [text for text in getattr(self, f"_{line}")() if text]
        told = [text for text in getattr(self, f"_{line}_told", list)() if text]
        if not general and not told:
            self.doc.add("body", self.nothing)
            return
        if general and told:
            self.doc.add("heading2", "（一）总体情况")
        for text in general:
            self.doc.add("body", text)
        if general and told:
            self.doc.add("heading2", "（二）重点工作")
        for text in told:
            self.doc.add("body", text)

    def _joint_building(self):
        kinds = {
            key: figure["label"].removeprefix("联建单位（").removesuffix("）")
            for key, figure in self.figures.items()
            if key.startswith("partnerships.partners:")
        }
        partners = _sentence(
            self.count(
                "partnerships.partners", "全年与{}单位开展联建" if self.is_year else "与{}单位开展联建"
            ),
            self.split(kinds, "partnerships.partners"),
        )
        agreements = _sentence(
            self.count("partnerships.agreements_signed", "新签联建协议{}"),
            self.count(
                "partnerships.agreements_in_force",
                f"截至{chinese_day(str(self.end), self.year)}有效联建协议{{}}",
            ),
        )
        done = _listing(
            [
                self.count("partnerships.plan_items:done", "完成{}"),
                self.count("partnerships.plan_items:cancelled", "取消{}"),
            ]
        )
        plan = _sentence(self.count("partnerships.plan_items", "联学联建计划共{}"), done)
        joint = _sentence(
            self.count("partnerships.joint_activities", "举办联建活动{}"),
            self.change("partnerships.joint_activities"),
        )
        papers = _sentence(
            self.count("outcomes.party_paper", "发表党建论文{}"), self.change("outcomes.party_paper")
        )
        return [partners + agreements + plan + joint, papers]

    def _joint_building_told(self):
        signed = [self._agreement(row) for row in self.material["agreements"] if row["is_new"]]
        more = _more(len(signed), TOLD, "份", "附件3")
        return [
            *signed[:TOLD],
            more,
            *self._events([row for row in self.material["activities"] if row["is_joint"]]),
            self._told_outcomes("party_paper"),
        ]

    def _agreement(self, row):
        term = (
            f"（{chinese_date(row['signed_on'])}—{chinese_date(row['expires_on'])}）"
            if row["expires_on"]
            else ""
        )
        promised = _listing(
            (f"{part['name']}{part['promised']}{part['unit']}" if part["promised"] else part["name"])
            + (f"（已兑现{part['delivered']}{part['unit']}）" if part["delivered"] else "")
            for part in row["commitments"]
        )
        return _sentence(
            chinese_date(row["signed_on"], self.year),
            f"与{_listing(row['partners'])}签订{_titled(row['name'])}{term}",
            f"约定{promised}" if promised else "",
        )

    def _education_service(self):
        measured, estimated = "outreach.person_times:measured", "outreach.person_times:estimated"
        if self.value(estimated) and not self.value(measured):
            how = "均为估计数"
        elif self.value(estimated):
            how = f"其中签到、名单和主办方证明计数{self.count(measured)}，估计{self.count(estimated)}"
        else:
            how = "均有签到、名单或主办方证明" if self.value(measured) else ""
        service = _sentence(
            self.count("outreach.sessions", "开展服务活动{}"),
            self.count("outreach.person_times", "共服务{}"),
            how,
            self.change("outreach.person_times"),
        )
        rows = [row for row in self.material["activities"] if "education_service" in row["lines"]]
        return [
            service,
            self._by_kind("education_service", "教育服务", rows),
            _sentence(self.count("outcomes.advisory_report", "形成调研报告{}")),
        ]

    def _education_service_told(self):
        rows = [row for row in self.material["activities"] if "education_service" in row["lines"]]
        served = [row for row in rows if row["serves_people"]] or rows
        events = self._events([row for row in served if not row["is_joint"]] or served)
        told = {row["id"] for row in rows}
        quotes = [
            f"参加活动的一位{row['identity'] or '群众'}表示：“{row['content'].strip('。 ')}。”"
            + (f"（{chinese_day(row['received_on'], self.year)}反馈）" if row["received_on"] else "")
            for row in self.material["quotes"]
            if row["activity"] in told
        ]
        return [*events, *quotes[:2], self._told_outcomes("advisory_report")]

    def _technology_empowerment(self):
        patents = {
            "outcomes.patent:invention": "发明专利",
            "outcomes.patent:utility_model": "实用新型专利",
            "outcomes.patent:design": "外观设计专利",
        }
        rows = [row for row in self.material["activities"] if "technology_empowerment" in row["lines"]]
        vertical = _sentence(
            self.count("outcomes.vertical_project", "承担纵向课题{}"),
            self.levels("vertical_project"),
            self.money("outcomes.funds:vertical", "经费{}"),
        )
        horizontal = _sentence(
            self.count("outcomes.horizontal_project", "承担横向课题{}"),
            self.money("outcomes.funds:horizontal_contract", "合同金额{}"),
            self.money("outcomes.funds:horizontal_received", "到账金额{}"),
        )
        return [
            self._by_kind("technology_empowerment", "科技赋能", rows),
            _sentence(
                self.count("outcomes.paper", "发表学术论文{}"),
                self.levels("paper"),
                self.change("outcomes.paper"),
            )
            + _sentence(self.count("outcomes.patent", "获专利授权{}"), self.split(patents, "outcomes.patent"))
            + _sentence(self.count("outcomes.patent:applied", "专利申请处于受理、公开阶段{}"))
            + _sentence(self.count("outcomes.software_copyright", "取得软件著作权{}")),
            vertical
            + horizontal
            + _sentence(
                self.count("outcomes.technology_transfer", "完成专利转化{}"),
                self.money("outcomes.funds:transfer_received", "到账金额{}"),
            )
            + _sentence(self.count("outcomes.platform", "获批科研平台{}"), self.levels("platform")),
            self._certifications(),
        ]

    def _certifications(self) -> str:
        held = []
        for key, figure in self.figures.items():
            if key.startswith("certifications.ratio:") and figure["numerator"]:
                name = key.partition(":")[2]
                part, whole = figure["numerator"], figure["denominator"]
                held.append(f"{part}名党员持有有效{name}认证，持证率{ratio_text(part, whole)}")
        return f"截至{chinese_day(str(self.end), self.year)}，{'；'.join(held)}。" if held else ""

    def _technology_empowerment_told(self):
        return [self._told_outcomes(kind) for kind in ("paper", "patent", "vertical_project", "platform")]

    def _practice_education(self):
        rows = [row for row in self.material["activities"] if "practice_education" in row["lines"]]
        awards = _sentence(
            self.count("outcomes.competition_award", "指导学生获学科竞赛奖{}"),
            self.levels("competition_award"),
            self.change("outcomes.competition_award"),
        )
        reform = _sentence(
            self.count("outcomes.teaching_reform_project", "承担教改课题{}"),
            self.levels("teaching_reform_project"),
        )
        books = _sentence(
            self.count("outcomes.book", "出版教材、专著{}"),
            self.count("outcomes.book.contributors", "{}党员参与编写"),
        )
        students = _sentence(
            self.count("outcomes.student_project", "开展师生项目{}"), self.levels("student_project")
        )
        return [self._by_kind("practice_education", "实践育人", rows), awards, reform + books + students]

    def _practice_education_told(self):
        return [
            self._told_outcomes(kind)
            for kind in ("competition_award", "teaching_reform_project", "book", "student_project")
        ]

    def _branch_life(self):
        life = _listing(
            f"{figure['label']}{figure['value']}次"
            for key, figure in self.figures.items()
            if key.startswith("branch_life.") and figure["value"]
        )
        honours = _sentence(self.count("outcomes.honour", "获荣誉{}"), self.levels("honour"))
        cultivation = _sentence(self.count("outcomes.honour:cultivation", "处于培育创建阶段的荣誉{}"))
        publicity = _sentence(self.count("outcomes.publicity", "刊发宣传报道{}"), self.levels("publicity"))
        return [_sentence(f"召开{life}" if life else ""), honours + cultivation + publicity]

    def _branch_life_told(self):
        return [self._told_outcomes("honour")]

    # ------------------------------------------------------------ telling
    def _by_kind(self, line: str, word: str, rows) -> str:
        """Activities of a line and their kinds, which add up: every activity has one kind."""
        total = self.count(f"activities.line:{line}")
        if not total:
            return ""
        kinds: dict[str, int] = {}
        for row in rows:
            kinds[row["kind_name"]] = kinds.get(row["kind_name"], 0) + 1
        split = (
            f"其中{_listing(f'{name}{count}场' for name, count in kinds.items())}" if len(kinds) > 1 else ""
        )
        return _sentence(f"围绕{word}任务举办活动{total}", split)

    def _events(self, rows):
        """At most three, the most attended, in order of date; the rest stand in the table."""
        most = sorted(rows, key=lambda row: (-(row["person_times"] or 0), row["date"], row["id"]))[:TOLD]
        told = [self._event(row) for row in sorted(most, key=lambda row: (row["date"], row["id"]))]
        return ["".join(told) + _more(len(rows), TOLD, "场", "附件2")] if told else []

    def _event(self, row):
        place = f"在{row['place']}" if row["place"] else ""
        partners = f"与{_listing(row['partners'])}联合" if row["partners"] else ""
        kind = row["kind_name"]
        if row["kind"] == "other":
            kind = "活动"
        elif not kind.endswith(_COMPLETE):
            kind += "活动"
        if kind.removesuffix("活动") in row["theme"]:
            kind = ""
        served = ""
        if row["person_times"]:
            served = f"服务{row['person_times']}人次{'' if row['is_measured'] else '（估计）'}"
        return _sentence(
            chinese_day(row["date"], self.year),
            f"{place}{partners}开展{_quoted(row['theme'])}{kind}",
            f"支部党员{row['members']}名参加" if row["members"] else "",
            served,
        )

    def _told_outcomes(self, kind: str) -> str:
        """At most three results of a kind, highest level first; the rest are counted and sent to the table."""
        rows = [
            row for row in self.material["outcomes"] if row["kind"] == kind and row["standing"] == "counted"
        ]
        told = [_OUTCOME_WORDS.get(kind, _plain_outcome)(row, self.year) for row in rows[:TOLD]]
        if not told:
            return ""
        unit = self.figures[f"outcomes.{kind}"]["unit"]
        rest = len(rows) - len(told)
        return f"{'；'.join(told)}{f'；其余{rest}{unit}见附件4' if rest else ''}。"

    # ------------------------------------------------------------ what is missing
    def _shortcomings(self):
        """Facts only: targets not reached, plan rows not done, agreements about to end."""
        facts = []
        for key, target in self.material["targets"].items():
            figure = self.figures.get(key)
            if figure is None or _reached(figure, target):
                continue
            goal, unit = _as_target(figure, target), figure["unit"]
            facts.append(f"{figure['label']}目标{goal}{unit}，实际完成{figure['display']}{unit}。")
        open_rows = [
            row for row in self.material["plan_items"] if not row["is_done"] and not row["is_cancelled"]
        ]
        if open_rows:
            names = _listing(_quoted(row["theme"]) for row in open_rows[:TOLD])
            facts.append(
                f"联学联建计划尚有{len(open_rows)}项未完成：{names}{'等' if len(open_rows) > TOLD else ''}。"
            )
        horizon = str(self.end + dt.timedelta(days=365))
        for row in self.material["agreements"]:
            if row["is_in_force"] and row["expires_on"] and row["expires_on"]["last"] <= horizon:
                facts.append(
                    f"与{_listing(row['partners'])}的{_titled(row['name'])}将于{chinese_date(row['expires_on'])}到期。"
                )
        for number, fact in enumerate(facts, start=1):
            self.doc.add("body", f"{number}．{fact}")
        if not facts:
            self.doc.add("body", "已记录的目标和计划均无未完成事项。" if self._has_plans() else self.nothing)

    def _has_plans(self):
        return bool(self.material["targets"] or self.material["plan_items"])

    # ------------------------------------------------------------ appendices
    def _appendix(self, number: int, title: str, landscape: bool):
        self.doc.blocks.append(NewPage(landscape))
        self.doc.add("appendix", f"附件{number}")
        self.doc.add("appendix_title", title)

    def _appendices(self):
        self._appendix(1, "指标完成情况", landscape=False)
        self._figure_table()
        self._appendix(2, "活动一览", landscape=True)
        self._activity_table()
        self._appendix(3, "联建协议与联学联建计划完成情况", landscape=True)
        self._agreement_tables()
        self._appendix(4, "成果清单", landscape=True)
        self._outcome_table()

    def _table(self, columns, rows):
        if rows:
            self.doc.blocks.append(Table(columns, rows))
        else:
            self.doc.add("note", self.nothing)

    def _figure_table(self):
        """Every figure that is not zero, as its display; zeros where there is a target or last year had some."""
        targets, before = self.material["targets"], self.material["last_year"]
        columns = [Column("指标", 36), Column("单位", 9)]
        columns += [Column("目标", 13, True)] if targets else []
        columns += [Column("完成", 23, True)]
        columns += [Column("完成率", 16, True)] if targets else []
        columns += [Column("上年" if self.is_year else "上年同期", 20, True)]
        groups: dict[str | None, list] = {None: [], **{line: [] for line in HEADINGS}}
        for key, figure in self.figures.items():
            if not _is_zero(figure) or key in targets or key in before:
                groups[figure["line"]].append(figure)
        rows = []
        for line, figures in groups.items():
            if figures:
                rows.append([HEADINGS.get(line, "综合")])
            for figure in figures:
                target = targets.get(figure["key"])
                rows.append(
                    [
                        figure["label"],
                        figure["unit"] or "—",
                        *([_as_target(figure, target) if target else "—"] if targets else []),
                        figure["display"],
                        *([_rate(figure, target) if target else "—"] if targets else []),
                        before[figure["key"]]["display"] if figure["key"] in before else _nothing(figure),
                    ]
                )
        self._table(columns, rows)
        self.doc.add(
            "note",
            "注：同一活动可服务多条任务线，各任务线场次之和可大于活动总数。服务人数在各场活动之间未去重。",
        )

    def _activity_table(self):
        columns = [
            Column("序号", 6, True),
            Column("日期", 13),
            Column("主题", 28),
            Column("类型", 11),
            Column("任务线", 12),
            Column("联建单位", 17),
            Column("参加党员", 8, True),
            Column("服务人次", 8, True),
            Column("计数方式", 8),
        ]
        rows = [
            [
                str(number),
                row["date"],
                row["theme"],
                row["kind_name"],
                _listing(HEADINGS[line] for line in row["lines"]),
                _listing(row["partners"]),
                _or_dash(row["members"]),
                _or_dash(row["person_times"]),
                (row["count_method"] or "估计") if row["person_times"] else "—",
            ]
            for number, row in enumerate(self.material["activities"], start=1)
        ]
        self._table(columns, rows)

    def _agreement_tables(self):
        self.doc.add("caption", "（一）联建协议")
        columns = [
            Column("序号", 6, True),
            Column("名称", 27),
            Column("联建单位", 24),
            Column("签署", 13),
            Column("到期", 13),
            Column("状态", 8),
            Column("承诺与兑现", 22),
        ]
        rows = [
            [
                str(number),
                row["name"],
                _listing(row["partners"]),
                short_date(row["signed_on"]),
                short_date(row["expires_on"]) or "—",
                row["status"],
                "；".join(_commitment(part) for part in row["commitments"]) or row["promises"] or "—",
            ]
            for number, row in enumerate(self.material["agreements"], start=1)
        ]
        self._table(columns, rows)
        self.doc.add("caption", "（二）联学联建计划")
        columns = [
            Column("序号", 6, True),
            Column("计划时间", 13),
            Column("主题", 33),
            Column("形式", 11),
            Column("协议", 24),
            Column("责任人", 10),
            Column("完成情况", 9),
        ]
        rows = [
            [
                str(number),
                short_date(row["planned_on"]),
                row["theme"],
                row["form"] or "—",
                row["agreement"],
                row["responsible"] or "—",
                "完成" if row["is_done"] else "取消" if row["is_cancelled"] else "未完成",
            ]
            for number, row in enumerate(self.material["plan_items"], start=1)
        ]
        self._table(columns, rows)

    def _outcome_table(self):
        columns = [
            Column("序号", 6, True),
            Column("名称", 30),
            Column("级别", 8),
            Column("日期", 13),
            Column("发表刊物或授予单位", 19),
            Column("号码、收录、等次", 17),
            Column("完成人", 18),
        ]
        rows, kind, number = [], None, 0
        for row in self.material["outcomes"]:
            if row["kind"] != kind:
                kind, number = row["kind"], 0
                rows.append([row["kind_name"]])
            number += 1
            stage = "" if row["standing"] == "counted" else f"（{row['status']}，未计入）"
            rows.append(
                [
                    str(number),
                    f"{row['name']}{stage}",
                    row["level_name"] or "—",
                    short_date(row["date"]),
                    row["venue"] or "—",
                    _listing([row["number"], row["indexing"], row["grade"]]) or "—",
                    _listing(row["makers"]) or "—",
                ]
            )
        self._table(columns, rows)


# ---------------------------------------------------------------- single records in words
def _bracketed(text: str) -> str:
    return f"（{text}）" if text else ""


def _by(row) -> str:
    return _listing(re.sub(r"\((.+?)\)$", "", maker) for maker in row["makers"])


def _paper(row, year):
    indexing = f"{row['indexing']}收录" if row["indexing"] else ""
    authors = f"作者：{_by(row)}" if row["makers"] else ""
    about = "；".join(part for part in (indexing, authors) if part)
    venue = f"发表于{_titled(row['venue'])}" if row["venue"] else "发表"
    return f"论文{_titled(row['name'])}{venue}{_bracketed(about)}"


def _patent(row, year):
    return f"{row['word']}{_quoted(row['name'])}{_bracketed(row['number'])}获授权"


def _project(row, year):
    about = _listing([LEVELS.get(row["level"], ""), row["venue"], row["number"]])
    return f"{row['word']}{_quoted(row['name'])}{_bracketed(about)}{row['status']}"


def _award(row, year):
    prize = f"{LEVELS.get(row['level'], '')}{row['grade']}"
    return f"{_quoted(row['name'])}获{prize or '奖'}{_bracketed(row['venue'])}"


def _book(row, year):
    about = _listing([row["venue"], chinese_date(row["date"], year)])
    return f"{row['word']}{_titled(row['name'])}出版（{about}）"


def _honour(row, year):
    level = LEVELS.get(row["level"], "")
    return f"{chinese_date(row['date'], year)}获{level}荣誉{_quoted(row['name'])}{_bracketed(row['venue'])}"


def _plain_outcome(row, year):
    level = LEVELS.get(row["level"], "")
    return f"{level}{row['word']}{_quoted(row['name'])}{_bracketed(row['venue'])}"


_OUTCOME_WORDS = {
    "paper": _paper,
    "party_paper": _paper,
    "patent": _patent,
    "vertical_project": _project,
    "teaching_reform_project": _project,
    "competition_award": _award,
    "book": _book,
    "honour": _honour,
}


def _more(total: int, told: int, unit: str, where: str) -> str:
    return f"其余{total - told}{unit}见{where}。" if total > told else ""


def _or_dash(number) -> str:
    return f"{number:,}" if number else "—"


def _commitment(part) -> str:
    promised = f"{part['name']}{part['promised'] or ''}{part['unit'] if part['promised'] else ''}"
    return promised + (f"，已兑现{part['delivered']}{part['unit']}" if part["delivered"] is not None else "")


def _is_zero(figure) -> bool:
    number = figure["numerator"] if figure["denominator"] is not None else figure["value"]
    return not Decimal(str(number or 0))


def _nothing(figure) -> str:
    return "—" if figure["denominator"] is not None else "0"


def _reached(figure, target) -> bool:
    return Decimal(str(figure["value"] or 0)) >= Decimal(target)


def _as_target(figure, target) -> str:
    if figure["denominator"] is not None:
        return f"{(Decimal(target) * 100).normalize():f}%"
    return f"{Decimal(target).normalize():,f}"


def _rate(figure, target) -> str:
    if not Decimal(target):
        return "—"
    return f"{Decimal(str(figure['value'] or 0)) * 100 / Decimal(target):.1f}%"
