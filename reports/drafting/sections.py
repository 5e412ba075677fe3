"""The sections of a report: its opening, a section a task line, and what is missing."""

from __future__ import annotations

import datetime as dt

from reports.drafting import words
from reports.drafting.facts import Facts, goal_text, is_reached
from reports.drafting.words import bracketed, chinese_date, chinese_day, listing, quoted, sentence, titled
from reports.figures.compute import ratio_text

NUMERALS = "一二三四五六七八九十"
TOLD = 3  # records told in prose; the rest are counted and stand in an appendix
QUOTES = 2
MEETINGS = ("members_meeting", "committee_meeting", "group_meeting", "organisational_life_meeting")


class Sections:
    """Drafts sections in order: an event told in one is not told again in the next."""

    def __init__(self, facts: Facts):
        self.facts, self.material = facts, facts.material
        self.told_events: set[int] = set()

    def of(self, line: str) -> tuple[list[str], list[str]]:
        """The paragraphs of a task line: the general situation, and single records told."""
        general, told = getattr(self, f"_{line}")(), getattr(self, f"_{line}_told")()
        return [text for text in general if text], [text for text in told if text]

    def opening(self) -> list[str]:
        """Who, and the year in a few key figures."""
        return [self._who(), self._overview()]

    def _who(self) -> str:
        if not self.facts.value("members.total"):
            people = ""
        else:
            standing = {"members.full": "正式党员", "members.probationary": "预备党员"}
            people = sentence(
                f"截至{chinese_day(str(self.facts.end))}，支部共有党员{self.facts.count('members.total')}",
                self.facts.split(standing, "members.total"),
            )
        programmes = "".join(
            sentence(
                f"支部为{row['level']}“强国行”专项行动团队{bracketed(row['document_number'])}",
                f"建设周期为{chinese_day(row['starts_on'])}至{chinese_day(row['ends_on'])}",
            )
            for row in self.material["programmes"]
        )
        return people + programmes

    def _overview(self) -> str:
        papers = listing(
            [
                self.facts.count("outcomes.paper", "学术论文{}"),
                self.facts.count("outcomes.party_paper", "党建论文{}"),
            ]
        )
        clauses = [
            self.facts.count("activities.total", "举办各类活动{}"),
            self.facts.count("partnerships.partners", "与{}单位开展联建"),
            self.facts.count("outreach.person_times", "服务{}"),
            f"发表{papers}" if papers else "",
            self.facts.count("outcomes.patent", "获专利授权{}"),
            self.facts.count("outcomes.competition_award", "获学科竞赛奖{}"),
        ]
        told = "，".join(clause for clause in clauses if clause)
        return f"{self._when()}，支部{told}。" if told else self.facts.nothing

    def _when(self) -> str:
        if self.facts.is_year:
            return f"{self.facts.start.year}年"
        return f"{chinese_day(str(self.facts.start))}至{self.facts.day(self.facts.end)}"

    # ------------------------------------------------------------ task lines
    def _joint_building(self):
        kinds = {
            key: figure["label"].removeprefix("联建单位（").removesuffix("）")
            for key, figure in self.facts.figures.items()
            if key.startswith("partnerships.partners:")
        }
        partners = sentence(
            self.facts.count(
                "partnerships.partners", "全年与{}单位开展联建" if self.facts.is_year else "与{}单位开展联建"
            ),
            self.facts.split(kinds, "partnerships.partners"),
        )
        agreements = sentence(
            self.facts.count("partnerships.agreements_signed", "新签联建协议{}"),
            self.facts.count(
                "partnerships.agreements_in_force",
                f"截至{self.facts.day(self.facts.end)}有效联建协议{{}}",
            ),
        )
        done = listing(
            [
                self.facts.count("partnerships.plan_items:done", "完成{}"),
                self.facts.count("partnerships.plan_items:cancelled", "取消{}"),
            ]
        )
        plan = sentence(self.facts.count("partnerships.plan_items", "联学联建计划共{}"), done)
        joint = sentence(
            self.facts.count("partnerships.joint_activities", "举办联建活动{}"),
            after=self.facts.change("partnerships.joint_activities"),
        )
        papers = sentence(
            self.facts.count("outcomes.party_paper", "发表党建论文{}"),
            after=self.facts.change("outcomes.party_paper"),
        )
        return [partners + agreements + plan + joint, papers]

    def _joint_building_told(self):
        signed = [
            words.agreement(row, self.facts.year) for row in self.material["agreements"] if row["is_new"]
        ]
        more = words.more(len(signed), TOLD, "份", "附件3")
        return [
            *signed[:TOLD],
            more,
            self._events([row for row in self.material["activities"] if row["is_joint"]]),
            self._told_outcomes("party_paper"),
        ]

    def _education_service(self):
        measured, estimated = "outreach.person_times:measured", "outreach.person_times:estimated"
        if self.facts.value(estimated) and not self.facts.value(measured):
            how = "均为估计数"
        elif self.facts.value(estimated):
            how = f"其中签到、名单和主办方证明计数{self.facts.count(measured)}，估计{self.facts.count(estimated)}"
        else:
            how = "均有签到、名单或主办方证明" if self.facts.value(measured) else ""
        service = sentence(
            self.facts.count("outreach.sessions", "开展服务活动{}"),
            self.facts.count("outreach.person_times", "共服务{}"),
            how,
            after=self.facts.change("outreach.person_times"),
        )
        rows = self.facts.activities("education_service")
        return [
            service,
            self._by_kind("education_service", "教育服务", rows),
            sentence(self.facts.count("outcomes.advisory_report", "形成调研报告{}")),
        ]

    def _education_service_told(self):
        rows = self.facts.activities("education_service")
        served = [row for row in rows if row["serves_people"]] or rows
        return [self._events(served), *self._quotes(rows), self._told_outcomes("advisory_report")]

    def _quotes(self, rows):
        """What was said about these activities, with consent."""
        ids = {row["id"] for row in rows}
        said = [row for row in self.material["quotes"] if row["activity"] in ids][:QUOTES]
        before = [None, *(row["identity"] for row in said)]
        return [
            words.quote(row, self.facts.year, another=row["identity"] == last)
            for row, last in zip(said, before, strict=False)
        ]

    def _technology_empowerment(self):
        patents = {
            "outcomes.patent:invention": "发明专利",
            "outcomes.patent:utility_model": "实用新型专利",
            "outcomes.patent:design": "外观设计专利",
        }
        rows = self.facts.activities("technology_empowerment")
        vertical = sentence(
            self.facts.count("outcomes.vertical_project", "承担纵向课题{}"),
            self.facts.levels("vertical_project"),
            self.facts.money("outcomes.funds:vertical", "经费{}"),
        )
        horizontal = sentence(
            self.facts.count("outcomes.horizontal_project", "承担横向课题{}"),
            self.facts.money("outcomes.funds:horizontal_contract", "合同金额{}"),
            self.facts.money("outcomes.funds:horizontal_received", "到账金额{}"),
        )
        return [
            self._by_kind("technology_empowerment", "科技赋能", rows),
            sentence(
                self.facts.count("outcomes.paper", "发表学术论文{}"),
                self.facts.levels("paper"),
                after=self.facts.change("outcomes.paper"),
            )
            + sentence(
                self.facts.count("outcomes.patent", "获专利授权{}"),
                self.facts.split(patents, "outcomes.patent"),
            )
            + sentence(self.facts.count("outcomes.patent:applied", "另有专利申请{}处于受理、公开阶段"))
            + sentence(self.facts.count("outcomes.software_copyright", "取得软件著作权{}")),
            vertical
            + horizontal
            + sentence(
                self.facts.count("outcomes.technology_transfer", "完成专利转化{}"),
                self.facts.money("outcomes.funds:transfer_received", "到账金额{}"),
            )
            + sentence(
                self.facts.count("outcomes.platform", "获批科研平台{}"), self.facts.levels("platform")
            ),
            self._certifications(),
        ]

    def _certifications(self) -> str:
        held = []
        for key, figure in self.facts.figures.items():
            if key.startswith("certifications.ratio:") and figure["numerator"]:
                name = key.partition(":")[2]
                part, whole = figure["numerator"], figure["denominator"]
                held.append(f"{name}为{ratio_text(part, whole)}")
        return sentence(f"截至{self.facts.day(self.facts.end)}，党员持证率{'、'.join(held)}") if held else ""

    def _technology_empowerment_told(self):
        return [self._told_outcomes(kind) for kind in ("paper", "patent", "vertical_project", "platform")]

    def _practice_education(self):
        rows = self.facts.activities("practice_education")
        awards = sentence(
            self.facts.count("outcomes.competition_award", "指导学生获学科竞赛奖{}"),
            self.facts.levels("competition_award"),
            after=self.facts.change("outcomes.competition_award"),
        )
        reform = sentence(
            self.facts.count("outcomes.teaching_reform_project", "承担教改课题{}"),
            self.facts.levels("teaching_reform_project"),
        )
        books = sentence(
            self.facts.count("outcomes.book", "出版教材、专著{}"),
            self.facts.count("outcomes.book.contributors", "{}党员参与编写"),
        )
        students = sentence(
            self.facts.count("outcomes.student_project", "开展师生项目{}"),
            self.facts.levels("student_project"),
        )
        return [self._by_kind("practice_education", "实践育人", rows), awards, reform + books + students]

    def _practice_education_told(self):
        return [
            self._told_outcomes(kind)
            for kind in ("competition_award", "teaching_reform_project", "book", "student_project")
        ]

    def _branch_life(self):
        held, done = [], []
        for key, figure in self.facts.figures.items():
            prefix, _, kind = key.partition(".")
            if prefix == "branch_life" and figure["value"]:
                (held if kind in MEETINGS else done).append(f"{figure['label']}{figure['value']}次")
        life = sentence(
            f"召开{listing(held)}" if held else "",
            f"开展{listing(done)}" if done else "",
        )
        honours = sentence(self.facts.count("outcomes.honour", "获荣誉{}"), self.facts.levels("honour"))
        cultivation = sentence(self.facts.count("outcomes.honour:cultivation", "另有荣誉{}处于培育创建阶段"))
        publicity = sentence(
            self.facts.count("outcomes.publicity", "刊发宣传报道{}"), self.facts.levels("publicity")
        )
        return [life, honours + cultivation + publicity]

    def _branch_life_told(self):
        return [self._told_outcomes("honour")]

    # ------------------------------------------------------------ telling
    def _by_kind(self, line: str, word: str, rows) -> str:
        """Activities of a line and their kinds, which add up: every activity has one kind."""
        total = self.facts.count(f"activities.line:{line}")
        if not total:
            return ""
        kinds: dict[str, int] = {}
        for row in rows:
            kinds[row["kind_name"]] = kinds.get(row["kind_name"], 0) + 1
        split = (
            f"其中{listing(f'{name}{count}场' for name, count in kinds.items())}" if len(kinds) > 1 else ""
        )
        return sentence(f"围绕{word}任务举办活动{total}", split)

    def _events(self, rows) -> str:
        """At most three not told before, the most attended, in order of date; the rest stand in the table."""
        new = [row for row in rows if row["id"] not in self.told_events]
        most = sorted(new, key=lambda row: (-(row["person_times"] or 0), row["date"], row["id"]))[:TOLD]
        self.told_events |= {row["id"] for row in most}
        told = [
            words.event(row, self.facts.year)
            for row in sorted(most, key=lambda row: (row["date"], row["id"]))
        ]
        return "".join(told) + words.more(len(rows), len(told), "场", "附件2") if told else ""

    def _told_outcomes(self, kind: str) -> str:
        """At most three results of a kind, highest level first; the rest are counted and sent to the table."""
        rows = [
            row for row in self.material["outcomes"] if row["kind"] == kind and row["standing"] == "counted"
        ]
        told = [words.outcome(row, self.facts.year) for row in rows[:TOLD]]
        if not told:
            return ""
        unit = self.facts.figures[f"outcomes.{kind}"]["unit"]
        rest = len(rows) - len(told)
        return f"{'；'.join(told)}{f'；其余{rest}{unit}见附件4' if rest else ''}。"

    # ------------------------------------------------------------ what is missing
    def shortcomings(self) -> list[str]:
        """Facts only: targets not reached, plan rows not done, agreements that end within a year."""
        found = [*self._targets_missed(), *self._plan_left(), *self._agreements_ending()]
        if found:
            return [f"{number}．{text}" for number, text in enumerate(found, start=1)]
        planned = self.material["targets"] or self.material["plan_items"]
        return ["已记录的目标和计划均已完成。" if planned else self.facts.nothing]

    def _targets_missed(self):
        for key, target in self.material["targets"].items():
            figure = self.facts.figures.get(key)
            if figure is not None and not is_reached(figure, target):
                unit = figure["unit"]
                yield f"{figure['label']}目标{goal_text(figure, target)}{unit}，实际完成{figure['display']}{unit}。"

    def _plan_left(self):
        left = [row for row in self.material["plan_items"] if not row["is_done"] and not row["is_cancelled"]]
        if left:
            names = "".join(quoted(row["theme"]) for row in left[:TOLD])
            yield f"联学联建计划尚有{len(left)}项未完成：{names}{'等' if len(left) > TOLD else ''}。"

    def _agreements_ending(self):
        horizon = str(self.facts.end + dt.timedelta(days=365))
        for row in self.material["agreements"]:
            ends = row["expires_on"]
            if row["is_in_force"] and ends and ends["last"] <= horizon:
                yield f"与{listing(row['partners'])}的{titled(row['name'])}将于{chinese_date(ends)}到期。"
