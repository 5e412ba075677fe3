"""Every number of the drafted text accounted for: by a figure, by the record told, by a declared derivation.

A sentence is read from left to right. What the auditor knows (a figure with its label and unit, a record told in full,
a date of the window) is consumed; a digit that is left over is a fault.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from decimal import Decimal

from tests.auditor import words
from tests.auditor.words import AMOUNT, LEVELS, date, day, in_book_marks, in_quotes, short

MARK = re.compile(r"（佐证(\d+-\d{2,})）")
_CALENDAR = re.compile(r"(\d{4})-01-01")

# What a figure is called in the text: {n} is its number. Longer ones first where one begins like another.
CLAIMS = {
    "支部共有党员{n}名": "members.total",
    "举办各类活动{n}场": "activities.total",
    "与{n}家单位开展联建": "partnerships.partners",
    "开展服务活动{n}场": "outreach.sessions",
    "共服务{n}人次": "outreach.person_times",
    "，服务{n}人次": "outreach.person_times",
    "支部服务{n}人次": "outreach.person_times",
    "新签联建协议{n}份": "partnerships.agreements_signed",
    "有效联建协议{n}份": "partnerships.agreements_in_force",
    "联学联建计划共{n}项": "partnerships.plan_items",
    "完成{n}项": "partnerships.plan_items:done",
    "取消{n}项": "partnerships.plan_items:cancelled",
    "举办联建活动{n}场": "partnerships.joint_activities",
    "学术论文{n}篇": "outcomes.paper",
    "党建论文{n}篇": "outcomes.party_paper",
    "获专利授权{n}件": "outcomes.patent",
    "另有专利申请{n}件": "outcomes.patent:applied",
    "获学科竞赛奖{n}项": "outcomes.competition_award",
    "取得软件著作权{n}项": "outcomes.software_copyright",
    "承担纵向课题{n}项": "outcomes.vertical_project",
    "承担横向课题{n}项": "outcomes.horizontal_project",
    "完成专利转化{n}项": "outcomes.technology_transfer",
    "获批科研平台{n}个": "outcomes.platform",
    "形成调研报告{n}篇": "outcomes.advisory_report",
    "承担教改课题{n}项": "outcomes.teaching_reform_project",
    "出版教材、专著{n}部": "outcomes.book",
    "{n}名党员参与编写": "outcomes.book.contributors",
    "开展师生项目{n}项": "outcomes.student_project",
    "另有荣誉{n}项处于培育创建阶段": "outcomes.honour:cultivation",
    "获荣誉{n}项": "outcomes.honour",
    "刊发宣传报道{n}篇": "outcomes.publicity",
    "围绕教育服务任务举办活动{n}场": "activities.line:education_service",
    "围绕科技赋能任务举办活动{n}场": "activities.line:technology_empowerment",
    "围绕实践育人任务举办活动{n}场": "activities.line:practice_education",
}
FUNDS = {
    ("经费", "outcomes.vertical_project"): "outcomes.funds:vertical",
    ("合同金额", "outcomes.horizontal_project"): "outcomes.funds:horizontal_contract",
    ("到账金额", "outcomes.horizontal_project"): "outcomes.funds:horizontal_received",
    ("到账金额", "outcomes.technology_transfer"): "outcomes.funds:transfer_received",
}
PARTS = {
    "members.total": {"正式党员": "members.full", "预备党员": "members.probationary"},
    "outcomes.patent": {
        "发明专利": "outcomes.patent:invention",
        "实用新型专利": "outcomes.patent:utility_model",
        "外观设计专利": "outcomes.patent:design",
    },
    "outreach.person_times": {
        "签到、名单和主办方证明计数": "outreach.person_times:measured",
        "估计": "outreach.person_times:estimated",
    },
}
# What is not derived from a figure or a record: it may follow a split.
_REST = "未定级"
_CHANGE = re.compile(r"(合计)?较上年(同期)?(增加|减少)(\d+)(人次|[场家份项篇件个部名次])")
_SAME = re.compile(r"(合计)?与上年(同期)?持平")
_PART = re.compile(r"([^\d，。；（）]+?)(\d+)(人次|[场家份项篇件个部名次])")
_ALL_OF_IT = re.compile(r"，(均)?为(估计数|[^\d，。；]+?)(?=[，。；])")
_SEE = re.compile(r"见(图|附件)(\d+)")
_NUMBERING = re.compile(r"\d+．")
_DIGIT = re.compile(r"\d")
_SCARS = re.compile(
    r"None|nan|null|[{}\[\]|]|，，|。。|，。|、、|、[，。；]|；[，。；]|（[，、。）]|《》|“”|‘’|：。"
    r"| [，。；：、）]|^[，。；、）]"
)


class Ledger:
    """The figures and the records a text may speak of.

    Arguments: figures, the content of figures.json; material, the records as they were at that moment; marks, evidence
    number → record (`activity:12`); captions: picture → its caption; appendices: number → title.
    """

    def __init__(self, figures: dict, material: dict, marks: dict, captions: dict, appendices: dict):
        self.figures = {figure["key"]: figure for figure in figures["figures"]}
        self.material, self.marks, self.captions, self.appendices = material, marks, captions, appendices
        self.start, self.end = figures["window"]["start"], figures["window"]["end"]
        self.branch = figures["branch"]["name"]
        self.year = int(self.end[:4]) if self.start[:4] == self.end[:4] else None
        match = _CALENDAR.fullmatch(self.start)
        self.is_year = bool(match) and self.end == f"{match[1]}-12-31"
        self.records = {
            f"{kind}:{row['id']}": row
            for kind, rows in (
                ("activity", material["activities"]),
                ("agreement", material["agreements"]),
                ("outcome", material["outcomes"]),
            )
            for row in rows
        }
        self.claims = [
            (re.compile(re.escape(text).replace(r"\{n\}", r"(\d+)")), key) for text, key in CLAIMS.items()
        ]
        self.claims += [
            (re.compile(rf"(?<=[开展召、]){re.escape(figure['label'])}(\d+)次"), key)
            for key, figure in self.figures.items()
            if key.startswith("branch_life.")
        ]
        # Those of figures that there are.
        self.targets = {key: goal for key, goal in material["targets"].items() if key in self.figures}
        self.faults: list[str] = []
        self.seen: Counter = Counter()
        self.quoted: Counter = Counter()

    # ------------------------------------------------------------ small questions
    def value(self, key: str) -> Decimal:
        """The number of a figure; 0 where it was left out."""
        return words.number(self.figures[key]) if key in self.figures else Decimal(0)

    @property
    def period(self) -> str:
        """The window as it opens a sentence."""
        return f"{self.start[:4]}年" if self.is_year else f"{day(self.start)}至{day(self.end, self.year)}"

    @property
    def title(self) -> str:
        """What the report must be called."""
        if self.is_year:
            label = f"{self.start[:4]}年度"
        elif (self.start[4:], self.end[4:], int(self.end[:4]) - int(self.start[:4])) == (
            "-09-01",
            "-08-31",
            1,
        ):
            label = f"{self.start[:4]}—{self.end[:4]}学年"
        else:
            label = self.period
        return f"{self.branch}{label}“强国行”专项行动进展报告"

    def fault(self, said: str, why: str) -> None:
        """Write a fault down."""
        self.faults.append(f"{why}: {said}")

    # ------------------------------------------------------------ a paragraph
    def read(self, text: str, line: str) -> None:
        """A paragraph of the text. line: the task line whose section it stands in."""
        whole, told = text, self._whole_sentences(line)
        for sentence in sorted(told, key=len, reverse=True):
            self.seen[told[sentence]] += text.count(sentence)
            if told[sentence] == "quote" and sentence in text:
                self.quoted[sentence[sentence.index("表示：") :]] += text.count(sentence)
            text = text.replace(sentence, "◆")
        left, start = [], 0
        for mark in MARK.finditer(text):
            left.append(self._record(text[start : mark.start()], mark[1], whole))
            start = mark.end()
        left.append(text[start:])
        self._scan("◇".join(left), whole)

    def _whole_sentences(self, line) -> dict[str, str]:
        """What may be said of programme, honours, quotes, dates, shortfalls and plans, in full; each with its sort."""
        material, found = self.material, {}
        found[f"截至{day(self.end)}，"] = found[f"截至{day(self.end, self.year)}"] = "as of"
        found[f"{self.period}，支部"] = "period"
        for row in material["programmes"]:
            number = f"（{row['document_number']}）" if row["document_number"] else ""
            cycle = f"建设周期为{day(row['starts_on'])}至{day(row['ends_on'])}"
            found[f"支部为{row['level']}“强国行”专项行动团队{number}，{cycle}。"] = "programme"
        held = [row for row in material["honours"] if row["level"]][:3]
        told = "、".join(
            f"{LEVELS[row['level']][0]}荣誉{in_quotes(row['name'])}（{date(row['date'])}）" for row in held
        )
        if held:
            found[f"已获{told}。"] = "honours held"
        lines = {row["id"]: row["lines"] for row in material["activities"]}
        for row in material["quotes"]:
            if line in lines[row["activity"]]:
                for who in ("参加活动的一位", "另一位"):
                    found[f"{who}{row['identity'] or '群众'}{self._quoted(row)}"] = "quote"
        for number, caption in self.captions.items():
            for place in self.appendices:
                found[f"{caption}见图{number}，数据见附件{place}。"] = "chart"
        return found | self._shortfalls() | self._next_steps()

    def _quoted(self, row) -> str:
        """What somebody said: in one line, its own quotation marks single, with an end."""
        said = re.sub(r"(?<![，。；：！？、…])\n", "，", row["content"].strip()).replace("\n", "")
        said = said if said.endswith(("。", "！", "？", "…")) else f"{said}。"
        when = f"（{day(row['received_on'], self.year)}反馈）" if row["received_on"] else ""
        return f"表示：“{said.replace('“', '‘').replace('”', '’')}”{when}"

    def quotes_told_twice(self) -> list[str]:
        """Quotes that stand more often than they were given."""
        given = Counter(self._quoted(row) for row in self.material["quotes"])
        return [said for said, times in self.quoted.items() if times > given[said]]

    def _shortfalls(self) -> dict[str, str]:
        material, found = self.material, {}
        for key, goal in material["targets"].items():
            if (figure := self.figures.get(key)) and self.value(key) < goal_of(figure, goal):
                goal = f"目标{said_goal(figure, goal)}"
                found[f"{figure['label']}{goal}，实际完成{said_number(figure)}。"] = "target missed"
        left = [row for row in material["plan_items"] if not row["is_done"] and not row["is_cancelled"]]
        if left:
            more = "等" if len(left) > 3 else ""
            themes = "".join(in_quotes(row["theme"]) for row in left[:3])
            found[f"联学联建计划中{themes}{more}尚未完成（见附件3）。"] = "plan not done"
        for row in material["missed"]:
            found[f"{row['name']}在{row['when']}的记录未达到规定次数。"] = "meetings missed"
        for row in material["agreements"]:
            if row["is_in_force"] and row["expires_on"]:
                partners = "、".join(row["partners"])
                what = f"与{partners}的" if partners else ""
                found[f"{what}{in_book_marks(row['name'])}将于{date(row['expires_on'])}到期。"] = (
                    "agreement ends"
                )
        if ending := self._certificates_ending():
            names = {row["id"]: row["name"] for row in material["certifications"]["members"]}
            told = "、".join(
                f"{names[row['member']]}同志的{row['name']}证书（{date(row['valid_until'])}）"
                for row in ending[:3]
            )
            found[f"{told}{'等' if len(ending) > 3 else ''}将到期（见附件5）。"] = "certificates end"
        return found

    def _certificates_ending(self):
        """Those that run out within a year of 365 days after the as-of date, the first to end first."""
        horizon = str(dt.date.fromisoformat(self.end) + dt.timedelta(days=365))
        found = [
            row
            for row in self.material["certifications"]["rows"]
            if row["status"] == "verified"
            and row["valid_until"]
            and self.end <= row["valid_until"]["last"] <= horizon
        ]
        return sorted(found, key=lambda row: (row["valid_until"]["last"], row["id"]))

    def _next_steps(self) -> dict[str, str]:
        material, year = self.material, int(self.end[:4]) + 1
        goals = []
        for key, goal in material["next_targets"].items():
            about = material["labels"][key]
            label = about["label"].removesuffix(about["unit"]) or about["label"]
            goals.append(f"{label}{said_goal(about, goal)}")
        plans = "、".join(
            f"{in_quotes(row['theme'])}（{date(row['planned_on'])}）"
            for row in material["next_plan_items"]
            if not row["is_cancelled"]
        )
        return {
            f"{year}年目标：{'、'.join(goals)}。": "next targets",
            f"联学联建计划安排：{plans}。": "next plans",
        }

    # ------------------------------------------------------------ a record told
    def _record(self, said: str, number: str, whole: str) -> str:
        """What stands before an evidence mark tells its record; returns what does not belong to it."""
        record = self.marks.get(number)
        if record is None:
            self.fault(whole, f"evidence number {number} is nobody's")
            return said
        kind, row = record.partition(":")[0], self.records.get(record)
        told = {"activity": self._activity, "agreement": self._agreement, "outcome": self._outcome}.get(kind)
        pattern = told(row) if told and row else None
        if pattern is None:
            self.fault(whole, f"{number} tells of {record}, which is nothing to tell")
            return said
        match = re.search(rf"(?:{pattern})\Z", said, re.DOTALL)
        if match is None:
            self.fault(said, f"{number} does not say what the record {record} says ({pattern})")
            return said
        self.seen[kind] += 1
        return said[: match.start()]

    def _activity(self, row) -> str:
        theme = row["theme"]
        what = rf"(?:{re.escape(theme)}|“{re.escape(words.in_quotes(theme)[1:-1])}”)\D{{0,8}}"
        place = "".join(row["place"].split())
        return "".join(
            (
                re.escape(day(row["date"], self.year)),
                "，",
                f"在{re.escape(place)}" if place else "",
                f"与{re.escape('、'.join(row['partners']))}联合" if row["partners"] else "",
                f"开展{what}",
                f"，支部党员{row['members']}名参加" if row["members"] else "",
                f"，服务{row['person_times']}人次" if row["person_times"] else "",
                "（估计）" if row["person_times"] and not row["is_measured"] else "",
            )
        )

    def _agreement(self, row) -> str:
        parts = [
            part["name"]
            + (f"{part['promised']}{part['unit']}" if part["promised"] else "")
            + (f"（已兑现{part['delivered']}{part['unit']}）" if part["delivered"] else "")
            for part in row["commitments"]
        ]
        term = f"（{date(row['signed_on'])}—{date(row['expires_on'])}）" if row["expires_on"] else ""
        partners = f"与{'、'.join(row['partners'])}" if row["partners"] else ""
        said = f"{date(row['signed_on'], self.year)}，{partners}签订{in_book_marks(row['name'])}{term}"
        return re.escape(said + (f"，约定{'、'.join(parts)}" if parts else ""))

    def _outcome(self, row) -> str:
        """Its name, and what else is told of it in brackets or behind: nothing but its own fields."""
        named = "|".join(map(re.escape, (in_book_marks(row["name"]), in_quotes(row["name"]))))
        details = row["details"]
        issue = str(details.get("期", "")).removeprefix("第").removesuffix("期")
        first, last = row["date"]["first"], row["date"]["last"]
        printed = f"{first[:4]}年" + (f"{int(first[5:7])}月" if first[:7] == last[:7] else "")
        level = LEVELS[row["level"]][0] if row["level"] else ""
        makers = "、".join(m["name"] + ("*" if m["role"] == "通讯" else "") for m in row["makers"])
        own = [
            row["venue"], in_book_marks(row["venue"]), row["number"], words.patent_number(row["number"]),
            row["grade"], f"{level}{row['grade']}", level, f"{first[:4]}年第{issue}期" if issue else "", printed,
            makers and f"作者：{makers}", f"{row['indexing']}收录", str(details.get("出版社", "")), row["word"],
        ]  # fmt: skip
        own = "|".join(re.escape(text) for text in sorted(filter(None, own), key=len, reverse=True))
        free = r"[^\d，。；◆]{0,6}"
        when = re.escape(date(row["date"], self.year))
        return rf"(?:{when})?(?:{free}(?:{own}))*{free}(?:{named})(?:{free}[、；，]?(?:{own}))*{free}"

    # ------------------------------------------------------------ the rest
    def _scan(self, text: str, whole: str) -> None:
        """What speaks of figures."""
        key, parts, place = "", None, 0
        for scar in _SCARS.finditer(re.sub("◆|◇", "述", text)):
            self.fault(whole, f"template scar {scar[0]!r}")
        while place < len(text):
            for read in (
                self._claim,
                self._part,
                self._all_of_it,
                self._change,
                self._fund,
                self._ratio,
                self._reference,
            ):
                step = read(text, place, key, parts)
                if step:
                    end, key, parts, fault = step
                    if fault:
                        self.fault(whole, fault)
                    self.seen[read.__name__] += 1
                    place = end
                    break
            else:
                if text[place] in "。；" or (
                    text.startswith("，", place) and parts is not None and parts >= 0
                ):
                    self._close(key, parts, whole, text[place])
                    parts = parts if text[place] == "，" else None
                if text.startswith("其中", place):
                    parts = Decimal(0)
                if place == 0 and (numbered := _NUMBERING.match(text)):
                    place = numbered.end()
                elif _DIGIT.match(text[place]):
                    self.fault(whole, f"unaccounted number at “{text[max(place - 12, 0) : place + 8]}”")
                    return
                else:
                    place += 1
        self._close(key, parts, whole, "。")

    def _close(self, key, parts, whole, sign):
        """A split has ended: it must add up. (It goes on behind a comma where the estimated follow.)"""
        if parts is not None and sign != "，" and parts != self.value(key):
            self.fault(whole, f"the parts of {key} are {parts} together, not {self.value(key)}")

    def _claim(self, text, place, key, parts):
        for pattern, claimed in self.claims:
            if match := pattern.match(text, place):
                if claimed.startswith("partnerships.plan_items:"):
                    kept = key
                else:
                    kept = claimed
                self.seen[claimed] += 1
                return match.end(), kept, None, self._is(match[1], claimed)
        return None

    def _is(self, number, key):
        return "" if Decimal(number) == self.value(key) else f"{key} is {self.value(key)}, not {number}"

    def _keys_of_parts(self, key) -> dict[str, str]:
        named = {word: f"{key}:{level}" for level, (word, _) in LEVELS.items()}
        if key == "partnerships.partners":
            named = {
                figure["label"].partition("（")[2].removesuffix("）"): part
                for part, figure in self.figures.items()
                if part.startswith("partnerships.partners:")
            }
        return named | PARTS.get(key, {})

    def _part(self, text, place, key, parts):
        if parts is None or not (match := _PART.match(text, place)):
            return None
        word = match[1].lstrip("、，").removeprefix("其中")
        known = self._keys_of_parts(key)
        fault = ""
        if word == _REST:
            rest = self.value(key) - parts
            fault = "" if rest == int(match[2]) else f"{rest} of {key} have no level, not {match[2]}"
        elif word in known:
            fault = self._is(match[2], known[word])
        else:
            return None
        if match[3] != self.figures[key]["unit"]:
            fault = f"{match[3]} is not the unit of {key}"
        return match.end(), key, parts + int(match[2]), fault

    def _all_of_it(self, text, place, key, parts):
        if not key or not (match := _ALL_OF_IT.match(text, place)):
            if key and text.startswith("，均有签到、名单或主办方证明", place):
                fault = (
                    "" if self.value(f"{key}:measured") == self.value(key) else "not all of it was counted"
                )
                return place + 14, key, parts, fault
            return None
        part = f"{key}:estimated" if match[2] == "估计数" else self._keys_of_parts(key).get(match[2])
        if part is None:
            return None
        fault = "" if self.value(part) == self.value(key) else f"{part} is not all of {key}"
        if match[2] != "估计数" and bool(match[1]) != (self.value(key) > 1):
            fault = "“均” is for more than one"
        return match.end(), key, parts, fault

    def _change(self, text, place, key, parts):
        if match := _SAME.match(text, place):
            difference, told, unit = self._difference(key), Decimal(0), ""
        elif match := _CHANGE.match(text, place):
            difference = self._difference(key)
            told, unit = Decimal(match[4]) * (1 if match[3] == "增加" else -1), match[5]
        else:
            return None
        fault = "" if difference == told else f"{key} changed by {difference}, not {told}"
        if unit and unit != self.figures[key]["unit"]:
            fault = f"{unit} is not the unit of {key}"
        if bool(match[2]) == self.is_year:
            fault = "上年同期 is for other windows than a calendar year"
        if parts is not None and parts != self.value(key):
            fault = f"the parts of {key} are {parts} together, not {self.value(key)}"
        return match.end(), key, None, fault

    def _difference(self, key):
        before = self.material["last_year"].get(key)
        return self.value(key) - Decimal(before["value"]) if before else None

    def _fund(self, text, place, key, parts):
        match = re.compile(rf"(经费|合同金额|到账金额){AMOUNT}").match(text, place)
        if not match:
            return None
        fund = FUNDS.get((match[1], key))
        told = words.amount(match[2], match[3])
        fault = "" if fund and told == self.value(fund) else f"{fund} is {self.value(fund or '')}, not {told}"
        return match.end(), key, parts, fault

    def _ratio(self, text, place, key, parts):
        for name, figure in self.figures.items():
            if name.startswith("certifications.ratio:") and figure["numerator"]:
                told = f"{name.partition(':')[2]}为{figure['display']}"
                if text.startswith(told, place):
                    return place + len(told), key, parts, ""
        return None

    def _reference(self, text, place, key, parts):
        match = _SEE.match(text, place)
        if not match:
            return None
        known = self.captions if match[1] == "图" else self.appendices
        end, fault = match.end(), "" if int(match[2]) in known else f"{match[0]} leads nowhere"
        more = re.compile(r"图(\d+)").match(text, end)
        return (more.end() if more else end), key, parts, fault


def goal_of(figure, goal: str) -> Decimal:
    """A target as a number of the figure; a share may be declared as 0.9 or as 90."""
    declared = Decimal(goal)
    return declared / 100 if figure["denominator"] is not None and declared > 1 else declared


def goal_text(figure, goal: str) -> str:
    """A target as it must be printed."""
    declared = goal_of(figure, goal)
    if figure["denominator"] is not None:
        return f"{(declared * 100).normalize():f}%"
    return f"{declared.normalize():,f}"


def said_number(figure) -> str:
    """A figure in a sentence: no commas, money in 万元 where two decimals hold it."""
    if figure["denominator"] is not None:
        return figure["display"]
    return _money(words.number(figure)) if figure["unit"] == "元" else f"{figure['value']}{figure['unit']}"


def said_goal(figure, goal: str) -> str:
    """A target in a sentence."""
    if figure["denominator"] is None and figure["unit"] == "元":
        return _money(goal_of(figure, goal))
    return f"{goal_text(figure, goal).replace(',', '')}{figure['unit']}"


def _money(amount: Decimal) -> str:
    if amount and amount % 100 == 0:
        return f"{(amount / 10_000).normalize():f}万元"
    return f"{amount.quantize(Decimal('0.01')) if amount % 1 else amount.to_integral():f}元"


__all__ = ["Ledger", "goal_of", "goal_text", "short"]
