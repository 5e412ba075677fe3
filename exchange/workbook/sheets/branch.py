"""The sheets of members and certifications."""

from __future__ import annotations

from branch.models import Certification, Member, Post
from core.text import pinyin
from exchange.workbook import cells, links
from exchange.workbook.sheets.base import (
    Column,
    Sheet,
    choices,
    date_order,
    line,
    name_pinyin,
    natural,
)


class MemberSheet(Sheet):
    """党员."""

    name, model = "党员", Member
    identity, identifying = ("staff_number",), "工号"
    virtual = frozenset({"posts"})
    children = {Post: ("member", ["posts"])}
    select = ("user",)
    columns = [
        Column("工号", "staff_number", line(Member, "staff_number"), True, "唯一标识一名党员，不填身份证号"),
        Column("姓名", "name", cells.Name(longest=60, longest_key=120), True),
        Column("性别", "gender", choices(Member.Gender)),
        Column("民族", "ethnicity", line(Member, "ethnicity")),
        Column("出生年月", "born", cells.Date()),
        Column("人员类别", "category", choices(Member.Category), True),
        Column("入党日期", "joined_party", cells.Date()),
        Column("转正日期", "full_member_since", cells.Date()),
        Column("学历", "education", line(Member, "education")),
        Column("学位", "degree", line(Member, "degree")),
        Column("职称", "academic_title", line(Member, "academic_title")),
        Column("职务", "duty", line(Member, "duty", 16)),
        Column("党内职务", "post_names", cells.Names(width=16, longest=40), note="多个用“、”隔开，例如 书记"),
        Column("党小组", "group", line(Member, "group")),
        Column("电话", "phone", line(Member, "phone", 16)),
        Column("邮箱", "email", line(Member, "email", 22)),
        Column("转入日期", "transferred_in", cells.Date()),
        Column("转出日期", "transferred_out", cells.Date(), note="从这一天起不再计入本支部"),
    ]
    keys = [
        Column("拼音", "name_pinyin", line(Member, "name_pinyin"), note="与自动注音不同时填写"),
        Column("任职", "post_terms", links.Terms(), note="职务|任职日期|免职日期，可写多个"),
    ]

    def blank(self, planner):
        """No posts."""
        return {**super().blank(planner), "posts": ()}

    def state(self, record, children, planner):
        """With posts."""
        posts = tuple((post.name, post.starts_on, post.ends_on) for post in children[Post])
        return {**super().state(record, children, planner), "posts": posts}

    def settle(self, given, data, row):
        """Posts are the names of their column; dates come from 任职, else stay."""
        data = dict(data)
        names, terms = given.pop("post_names", None), given.pop("post_terms", None)
        name_pinyin(given, data)
        if names is not None or terms is not None:
            data["posts"] = self._posts(names, list(terms or ()), list(data["posts"]), row)
        return {**data, **given}

    def _posts(self, names, terms, stored, row):
        if names is None:
            names = [name for name, _, _ in stored]
            names += _beyond([name for name, _, _ in terms], names)
        posts = []
        for name in names:
            found = next((term for term in (*terms, *stored) if term[0] == name), (name, None, None))
            (terms if found in terms else stored if found in stored else [found]).remove(found)
            posts.append(found)
        if terms:
            row.fault("任职", f"“党内职务”里没有“{terms[0][0]}”")
        return tuple(posts)

    def exposed(self, data):
        """Names of posts in their column, dates in 任职, pinyin only where it says something."""
        return {
            **data,
            "post_names": tuple(name for name, _, _ in data["posts"]),
            "post_terms": tuple(post for post in data["posts"] if post[1] or post[2]),
            "name_pinyin": "" if data["name_pinyin"] == pinyin(data["name"]) else data["name_pinyin"],
        }

    def check(self, row, data, planner):
        """Leaving before coming is refused, full membership before joining is not."""
        begins, ends = data["transferred_in"], data["transferred_out"]
        if begins and ends and ends.certainly_before(begins):
            row.fault("转出日期", f"转出日期 {ends} 早于转入日期 {begins}", "转入日期")
        joined, full = data["joined_party"], data["full_member_since"]
        if joined and full and full.certainly_before(joined):
            row.remind("转正日期", f"转正日期 {full} 早于入党日期 {joined}")

    def rows_of(self, draft, model):
        """Posts."""
        return [Post(name=name, starts_on=start, ends_on=end) for name, start, end in draft.data["posts"]]

    def related(self, data):
        """Posts."""
        return {"党内职务": "；".join(str(Post(name=n, starts_on=s, ends_on=e)) for n, s, e in data["posts"])}

    def order(self, data):
        """By staff number."""
        return natural(data["staff_number"])


def _beyond(names: list, known: list) -> list:
    """The names that stand more often than among the known ones."""
    known, beyond = list(known), []
    for name in names:
        if name in known:
            known.remove(name)
        else:
            beyond.append(name)
    return beyond


class CertificationSheet(Sheet):
    """认证."""

    name, model = "认证", Certification
    identity, identifying = ("member", "type_name", "direction", "passed_on"), "工号"
    defaults = {"status": Certification.Status.PENDING.value}
    select = ("type", "member")
    columns = [
        Column("工号", "member", links.Reference(to="member"), True),
        Column("认证类型", "type_name", cells.Text(longest=60), True, "例如 HCIP；新的类型会自动建立"),
        Column("方向", "direction", line(Certification, "direction", 20)),
        Column("证书编号", "number", line(Certification, "number", 20)),
        Column("通过日期", "passed_on", cells.Date(), True),
        Column("有效期至", "valid_until", cells.Date(), note="空着表示长期有效"),
        Column("状态", "status", choices(Certification.Status), note="空着表示待审核；只有已核验的计入数字"),
    ]
    keys = [
        Column("等级", "level", line(Certification, "level")),
        Column("退回原因", "return_reason", line(Certification, "return_reason")),
    ]

    def state(self, record, children, planner):
        """With the member's draft and the type's name."""
        data = super().state(record, children, planner)
        return {**data, "member": planner.stored("党员", record.member_id), "type_name": record.type.name}

    def check(self, row, data, planner):
        """An expiry before the exam is strange, but stands on some certificates."""
        passed, until = data["passed_on"], data["valid_until"]
        if until and until.certainly_before(passed):
            row.remind("有效期至", f"有效期至 {until} 早于通过日期 {passed}")

    def title(self, data):
        """Who has what."""
        return f"{data['member'].data['name']} {data['type_name']} {data['direction']}".strip()

    def put(self, draft, planner):
        """The type is a row."""
        super().put(draft, planner)
        draft.record.type = planner.certification_type(draft.data["type_name"])

    def order(self, data):
        """By member, type, date."""
        return (
            natural(data["member"].data["staff_number"]),
            data["type_name"],
            date_order(data["passed_on"]),
            data["direction"],
        )
