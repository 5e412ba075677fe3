"""The reader of 记一笔: what each rule understands, and what it leaves in the words."""

import datetime as dt
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.kinds import ACTIVITY_KINDS
from activities.models import Activity, TaskLine
from activities.reading import Known, known, read
from activities.reading.kinds import LINE_ORDER
from activities.reading.numerals import number
from activities.reading.partners import short_forms
from tests import factories, quicklog

TODAY = dt.date(2026, 11, 26)  # a Thursday
BRANCH = Known(
    kinds=[(row["code"], row["name"], row.get("is_branch_life", False)) for row in ACTIVITY_KINDS],
    partners=[
        (1, "华为技术有限公司", ("华为",)),
        (2, "澄湖农商银行科技部党支部", ("澄湖农商银行技术部",)),
        (3, "营角上社区党委", ()),
        (4, "澄湖区科学技术协会", ()),
        (5, "澄湖区科学技术局", ("区科技局",)),
    ],
    members=[(1, "沈明远"), (2, "周若兰"), (3, "陆思齐"), (4, "罗海潮")],
    places=["党员之家", "实训楼 318 会议室"],
    lines_of_kind={"salon": ["education_service", "practice_education"]},
)


def reading(line, today=TODAY):
    return read(line, today=today, known=BRANCH)


def day(text):
    return dt.date.fromisoformat(text)


def clock(text):
    return dt.time.fromisoformat(text) if text else None


pure = pytest.mark.pure


@pure
def test_the_line_of_the_mockup_fills_its_fields():
    found = reading("昨天下午 营角上社区 主题党日 32人次")
    assert (found.starts_on, found.starts_at) == (day("2026-11-25"), None)
    assert (found.kind, found.lines) == ("themed_party_day", ["branch_life"])
    assert (found.place, found.partners, found.person_times) == ("营角上社区", [3], 32)
    assert (found.theme, found.status, found.rest) == ("主题党日（营角上社区）", "held", "")
    assert found.sources == {
        "starts_on": "read",
        "starts_at": "guessed",
        "kind": "read",
        "lines": "guessed",
        "partners": "read",
        "place": "guessed",
        "person_times": "read",
        "status": "guessed",
        "theme": "guessed",
    }


@pure
def test_a_line_without_separators_reads_the_same():
    spaced, glued = (
        reading(line)
        for line in ("昨天下午 在营角上社区 开展主题党日 32人次", "昨天下午在营角上社区开展主题党日32人次")
    )
    assert spaced == glued


@pure
@pytest.mark.parametrize(
    "line",
    [
        "昨天，营角上社区，主题党日，32人次",
        "昨天、营角上社区、主题党日、32人次",
        "32人次;主题党日;营角上社区;昨天",
        "主题党日|32人次|昨天|营角上社区",
        "营角上社区/主题党日/32人次/昨天",
        "主题党日（营角上社区）３２人次　昨天",
    ],
)
def test_separators_and_order_do_not_matter(line):
    found = reading(line)
    assert (found.starts_on, found.kind, found.partners) == (day("2026-11-25"), "themed_party_day", [3])
    assert (found.person_times, found.theme) == (32, "主题党日（营角上社区）")


@pure
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("今天", "2026-11-26"), ("昨天", "2026-11-25"), ("前天", "2026-11-24"), ("大前天", "2026-11-23"),
        ("昨晚", "2026-11-25"), ("刚才", "2026-11-26"), ("明天", "2026-11-27"), ("大后天", "2026-11-29"),
        ("3天前", "2026-11-23"), ("三天前", "2026-11-23"), ("两周前", "2026-11-12"), ("10天后", "2026-12-06"),
        ("上周五", "2026-11-20"), ("本周三", "2026-11-25"), ("这周六", "2026-11-28"), ("周六", "2026-11-21"),
        ("周日", "2026-11-22"), ("星期天", "2026-11-22"), ("礼拜二", "2026-11-24"), ("周四", "2026-11-26"),
        ("下周一", "2026-11-30"), ("上上周三", "2026-11-11"), ("上个星期二", "2026-11-17"),
        ("上个月15号", "2026-10-15"), ("上月15日", "2026-10-15"), ("本月3号", "2026-11-03"),
        ("下个月3号", "2026-12-03"), ("20号", "2026-11-20"), ("28号", "2026-11-28"), ("31日", "2026-10-31"),
        ("二十号", "2026-11-20"), ("11月20日", "2026-11-20"), ("11月20", "2026-11-20"), ("11-20", "2026-11-20"),
        ("11/20", "2026-11-20"), ("11.20", "2026-11-20"), ("12月3日", "2026-12-03"), ("12.3", "2026-12-03"),
        ("3月5日", "2026-03-05"),
        ("2024.11.20", "2024-11-20"), ("2024-11-20", "2024-11-20"), ("2024/11/20", "2024-11-20"),
        ("20241120", "2024-11-20"), ("24年11月20日", "2024-11-20"), ("24.11.20", "2024-11-20"),
        ("２０２４年１１月２０日", "2024-11-20"), ("二〇二四年十一月二十日", "2024-11-20"),
        ("十一月二十日", "2026-11-20"), ("去年12月3日", "2025-12-03"), ("今年3月5日", "2026-03-05"),
        ("2月29日", "2024-02-29"), ("元旦", "2026-01-01"), ("国庆节", "2026-10-01"), ("七一", "2026-07-01"),
        ("五四青年节", "2026-05-04"), ("教师节", "2026-09-10"), ("11月20日（周五）", "2026-11-20"),
    ],
)  # fmt: skip
def test_days(words, expected):
    found = reading(f"{words} 主题党日")
    assert (found.starts_on, found.sources["starts_on"]) == (day(expected), "read")
    assert (found.theme, found.doubts) == ("主题党日", [])


@pure
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2024-11", "2024-11-01"), ("2024年11月", "2024-11-01"), ("10月份", "2026-10-01"),
        ("10月底", "2026-10-31"),
        ("月底", "2026-11-30"), ("上个月", "2026-10-01"), ("上周", "2026-11-19"), ("上周末", "2026-11-21"),
    ],
)  # fmt: skip
def test_a_vague_day_is_guessed_and_said_so(words, expected):
    found = reading(f"{words} 支委会")
    assert (found.starts_on, found.sources["starts_on"]) == (day(expected), "guessed")
    assert len(found.doubts) == 1
    assert words in found.doubts[0]


@pure
def test_without_a_day_it_is_today():
    found = reading("支委会 5人")
    assert (found.starts_on, found.sources["starts_on"], found.status) == (TODAY, "guessed", "held")


@pure
@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("11月20日至22日", "2026-11-20", "2026-11-22"), ("11.20-22", "2026-11-20", "2026-11-22"),
        ("11月20-22日", "2026-11-20", "2026-11-22"), ("20-22号", "2026-11-20", "2026-11-22"),
        ("11.20—11.22", "2026-11-20", "2026-11-22"), ("8月31日到9月2日", "2026-08-31", "2026-09-02"),
        ("12月30日至1月2日", "2025-12-30", "2026-01-02"),
        ("2024-11-20至2024-11-22", "2024-11-20", "2024-11-22"),
        ("2024年12月30日至2025年1月2日", "2024-12-30", "2025-01-02"),
        ("上周一至周三", "2026-11-16", "2026-11-18"), ("上周四到上周五", "2026-11-19", "2026-11-20"),
        ("11月7日、8日", "2026-11-07", "2026-11-08"), ("11月7日、21日", "2026-11-07", None),
        ("11月20日~22日", "2026-11-20", "2026-11-22"),
    ],
)  # fmt: skip
def test_ranges_of_days(words, first, last):
    found = reading(f"学术交流 {words} 3人")
    assert (found.starts_on, found.ends_on, found.persons) == (day(first), last and day(last), 3)


@pure
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("计划12月5日到营角上社区开展志愿服务", "2026-12-05"), ("将于20号召开支委会", "2026-12-20"),
        ("拟于3月5日开展志愿服务", "2027-03-05"), ("预计周六 沙龙", "2026-11-28"),
    ],
)  # fmt: skip
def test_a_plan_means_the_next_such_day(line, expected):
    found = reading(line)
    assert (found.starts_on, found.status, found.sources["status"]) == (day(expected), "planned", "read")


@pure
@pytest.mark.parametrize(
    ("line", "expected", "status"),
    [
        ("28号 主题党日", "2026-11-28", "planned"), ("28号 主题党日 16人", "2026-10-28", "held"),
        ("12月3日 沙龙", "2026-12-03", "planned"), ("12月3日 沙龙 30人签到", "2025-12-03", "held"),
        ("3月5日 志愿服务", "2026-03-05", "held"), ("28号 组织生活会 应到17人", "2026-11-28", "planned"),
        ("12月5日计划与营角上社区签约", "2026-12-05", "planned"),
        ("原定昨天的党小组会改到下周二下午2点", "2026-12-01", "planned"),
        ("周一下午3点的支委会推迟到周三上午9点开了", "2026-11-25", "held"),
        ("今天没开成支委会 改下周一", "2026-11-30", "planned"), ("计划元旦后慰问", "2026-11-26", "planned"),
        ("支委会 讨论2027年工作计划", "2026-11-26", "held"),
    ],
)  # fmt: skip
def test_ahead_or_behind(line, expected, status):
    found = reading(line)
    assert (found.starts_on, found.status) == (day(expected), status)


@pure
def test_a_time_that_was_changed_is_the_new_one():
    assert reading("原定下午2点的支委会改到明天上午9点").starts_at == clock("09:00")


@pure
def test_a_day_to_come_is_planned():
    assert reading("明天 支委会").status == "planned"
    assert reading("昨天 支委会 讨论明年计划").status == "held"


@pure
@pytest.mark.parametrize("words", ["2月30日", "13月5日", "11月31日", "2024-02-30", "2月30日至31日"])
def test_a_day_that_does_not_exist_stays_in_the_words(words):
    found = reading(f"{words} 义务劳动 5人")
    assert found.starts_on == TODAY
    assert words in found.theme
    assert found.doubts == [f"“{words}”这一天不存在，没有当作日期"]


@pure
def test_other_doubts_about_days():
    assert reading("11月20日（周四）支委会").doubts == ["2026年11月20日是星期五，不是星期四"]
    assert reading("重阳节 慰问老人").doubts == ["“重阳节”每年日子不同，请选日期"]


@pure
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("昨天 学习11月5日讲话精神 主题党日", "2026-11-25"), ("支委会 讨论12月1日主题党日安排", "2026-11-26"),
        ("庆七一文艺汇演", "2026-11-26"), ("国庆节前走访慰问", "2026-11-26"), ("去年国庆 植树", "2025-10-01"),
        ("12月1日前完成问卷 前天 调研", "2026-11-24"),
        ("支委会，议题：年终总结、2027年计划、下周三主题党日安排", "2026-11-26"),
        ("支委会讨论总结，下周三沙龙方案", "2026-11-26"), ("支委会 通报10月党费", "2026-11-26"),
        ("支委会商量周六植树", "2026-11-26"), ("每周三读书会", "2026-11-26"), ("七一路社区志愿服务", "2026-11-26"),
    ],
)  # fmt: skip
def test_days_that_are_not_the_activity_s(line, expected):
    assert reading(line).starts_on == day(expected)


@pure
@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("9点到11点半", "09:00", "11:30"), ("14:00—16:30", "14:00", "16:30"), ("下午2点", "14:00", None),
        ("上午九点半", "09:30", None), ("晚上7点", "19:00", None), ("14时30分", "14:30", None),
        ("下午2点到4点半", "14:00", "16:30"), ("上午10点到下午1点", "10:00", "13:00"),
        ("下午2-4点", "14:00", "16:00"),
        ("中午12点半", "12:30", None), ("晚7点", "19:00", None), ("9:00至11:00", "09:00", "11:00"),
        ("９：００－１１：３０", "09:00", "11:30"), ("下午三点一刻", "15:15", None), ("2点半", "14:30", None),
        ("下午2点30", "14:30", None), ("下午 3 点", "15:00", None), ("下午", None, None),
    ],
)  # fmt: skip
def test_clock_times(words, start, end):
    found = reading(f"昨天{words} 主题党日 30人")
    assert (found.starts_at, found.ends_at) == (clock(start), clock(end))
    assert found.ends_on == (found.starts_on if end else None)
    assert (found.present, found.theme) == (30, "主题党日")


@pure
def test_a_number_behind_an_hour_is_people():
    found = reading("11月20日下午2点30人参加沙龙")
    assert (found.starts_at, found.persons) == (clock("14:00"), 30)


@pure
@pytest.mark.parametrize("words", ["提出三点要求", "同时推进", "大数据时代", "两点建议"])
def test_points_and_ages_are_no_hours(words):
    found = reading(f"昨天 支委会 {words}")
    assert found.starts_at is None
    assert words in found.theme


@pure
@pytest.mark.parametrize(
    ("words", "field", "value", "method"),
    [
        ("32人次", "person_times", 32, ""), ("三十二人次", "person_times", 32, ""),
        ("３２人次", "person_times", 32, ""),
        ("1,200人次", "person_times", 1200, ""), ("1.2万人次", "person_times", 12000, ""),
        ("一百二十余人次", "person_times", 120, "estimate"), ("约300人次", "person_times", 300, "estimate"),
        ("服务群众86人次", "person_times", 86, ""), ("服务人次：86", "person_times", 86, ""),
        ("共计86人次", "person_times", 86, ""), ("两百人", "persons", 200, ""),
        ("近百人", "persons", 100, "estimate"),
        ("30多人", "persons", 30, "estimate"), ("40余名学生", "persons", 40, "estimate"),
        ("50人左右", "persons", 50, "estimate"), ("大概50个人", "persons", 50, "estimate"),
        ("居民60人", "persons", 60, ""), ("12位老人", "persons", 12, ""),
        ("听众约120人", "persons", 120, "estimate"),
        ("学生30人、家长20人", "persons", 50, ""), ("16名党员参加", "present", 16, ""),
        ("党员16人", "present", 16, ""),
        ("32人次 签到", "person_times", 32, "sign_in"), ("签到32人次", "person_times", 32, "sign_in"),
        ("32人次（有名单）", "person_times", 32, "roster"),
        ("32人次 主办方证明", "person_times", 32, "host_proof"),
        ("32人次 估计", "person_times", 32, "estimate"), ("来了52个", "persons", 52, ""),
        ("小朋友来了52个", "persons", 52, ""), ("三十来号人", "persons", 30, "estimate"),
        ("30号人", "persons", 30, ""), ("小孩二十多", "persons", 20, "estimate"),
        ("估计二百", "persons", 200, "estimate"), ("学员35", "persons", 35, ""), ("签到86", "persons", 86, "sign_in"),
        ("实到26人", "persons", 26, ""), ("参加人数：32", "persons", 32, ""),
    ],
)  # fmt: skip
def test_counts(words, field, value, method):
    found = reading(f"昨天 讲座 {words}")
    counts = {name: getattr(found, name) for name in ("person_times", "persons", "present", "expected")}
    assert counts == dict.fromkeys(counts) | {field: value}
    assert (found.count_method, found.theme) == (method, "专题讲座")


@pure
def test_bare_people_are_present_at_a_meeting_and_served_elsewhere():
    assert (reading("支委会 5人").present, reading("支委会 5人").persons) == (5, None)
    assert (reading("讲座 50人").present, reading("讲座 50人").persons) == (None, 50)


@pure
@pytest.mark.parametrize(
    ("words", "present", "expected"),
    [
        ("实到15人 应到17", 15, 17), ("应到党员17名，实到党员15名", 15, 17), ("实到15/17", 15, 17),
        ("实到12/15人", 12, 15), ("应到会17人实到会15人", 15, 17), ("实到：15", 15, None),
        ("17人应到，15人实到", 15, 17), ("17人应到15人实到", 15, 17),
        ("实到15人应到17人", 15, 17), ("15/17到会", 15, 17), ("15/17", 15, 17), ("到会15/17", 15, 17),
        ("5/5到会", 5, 5), ("应17实15", 15, 17), ("应到17人，到了15人", 15, 17), ("17名党员到了15名", 15, 17),
        ("应到17全部到齐", 17, 17), ("应到17人，请假2人", None, 17), ("来了15个党员", 15, None),
        ("研究发展党员 五人参加", 5, None), ("2人请假，15人参加", 15, None), ("到会15人 列席3人", 15, None),
    ],
)  # fmt: skip
def test_the_roll_of_a_meeting(words, present, expected):
    found = reading(f"支部党员大会 {words} 昨天")
    assert (found.present, found.expected, found.starts_on) == (present, expected, day("2026-11-25"))
    assert found.kind == "members_meeting"


@pure
def test_a_date_before_people_is_no_roll():
    found = reading("11/16 人工智能讲座 30人")
    assert (found.starts_on, found.persons, found.present) == (day("2026-11-16"), 30, None)


@pure
@pytest.mark.parametrize(
    ("words", "method"),
    [
        ("签到表已收", "sign_in"), ("签了到", "sign_in"), ("扫码签到", "sign_in"), ("都签到了", "sign_in"),
        ("签道了", "sign_in"), ("没签到", ""), ("名单已存", "roster"), ("名单在群里", "roster"),
        ("有名单", "roster"), ("报名名单", "roster"), ("花名册", "roster"),
        ("主办方提供人数", "host_proof"), ("主办方数据", "host_proof"), ("社区盖章", "host_proof"),
        ("科协开了证明", "host_proof"), ("学校提供场地", ""), ("目测", "estimate"), ("估算", "estimate"),
    ],
)  # fmt: skip
def test_ways_of_counting(words, method):
    for line in (f"讲座 32人次，{words}", f"{words}，讲座 32人次", f"昨天讲座共32人次{words}"):
        found = reading(line)
        assert (found.count_method, found.person_times) == (method, 32), line
    assert reading("讲座 32人次，讨论发展对象名单").count_method == ""


@pure
def test_a_number_that_is_only_hinted_at_is_asked_for():
    found = reading("讲座 来了数十人")
    assert (found.persons, found.doubts) == (None, ["“数十人”没有写确切数，请填人数"])


@pure
def test_members_present_and_people_served_in_one_line():
    found = reading("昨天在营角上社区开展志愿服务，16名党员参加，服务群众86人次")
    assert (found.present, found.person_times, found.persons) == (16, 86, None)


@pure
@pytest.mark.parametrize(
    "words",
    [
        "第10次",
        "402室",
        "第三期",
        "2024级新生",
        "HCIP-AI",
        "5G",
        "3号楼",
        "Web3.0",
        "一人一策",
        "百人计划",
        "发展党员2名",
        "请假2人",
    ],
)
def test_numbers_in_names_are_neither_days_nor_counts(words):
    found = reading(f"{words}介绍 昨天")
    assert (found.starts_on, found.starts_at) == (day("2026-11-25"), None)
    assert (found.person_times, found.persons, found.present) == (None, None, None)
    assert words in found.theme + found.place


@pure
@pytest.mark.parametrize(
    ("line", "present", "persons"),
    [
        ("志愿服务 植树 党员15人 群众40人", 15, 40), ("走访慰问老党员3名", None, None),
        ("慰问老人12人", None, 12),
        ("支委会讨论预备党员转正 5人到会", 5, None), ("16个党员参加支部大会", 16, None),
        ("发展党员2名 实到15人", 15, None),
        ("全体党员志愿服务 16人", 16, None), ("志愿服务 党员12人参加服务居民20人次", 12, None),
        ("调研 带着12名学生 走访居民52人", None, 52), ("组织学生38人参观", None, 38),
        ("培训 第1期30人，第2期34人，合计64人", None, 64), ("指导竞赛 3支队伍9名学生", None, 9),
        ("主题党日 居民30人", None, 30), ("5名志愿者服务 讲座", None, None),
        ("讲座 共50人，其中学生20人", None, 50),
        ("附近30人听讲座", None, 30), ("签约30人", None, 30),
    ],
)  # fmt: skip
def test_who_is_counted(line, present, persons):
    found = reading(f"昨天 {line}")
    assert (found.present, found.persons) == (present, persons)


@pure
def test_a_huge_count_is_not_taken():
    found = reading("讲座 2000000人次 昨天")
    assert found.person_times is None
    assert "2000000人次" in found.theme
    assert found.doubts == ["“2000000人次”太多，没有记作人数"]


@pure
@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("支委会", "committee_meeting"), ("支部大会", "members_meeting"), ("召开党员大会", "members_meeting"),
        ("党小组会", "group_meeting"), ("组织生活会", "organisational_life_meeting"),
        ("讲党课", "party_lecture"),
        ("微党课", "party_lecture"), ("党日活动", "themed_party_day"), ("民主评议", "member_appraisal"),
        ("谈话", "heart_to_heart_talk"), ("志愿服务", "volunteering"), ("社区服务", "volunteering"),
        ("人工智能讲座", "lecture"), ("报告会", "lecture"), ("AI培训", "training"),
        ("科普", "science_outreach"),
        ("机器人进校园", "science_outreach"), ("科普讲座", "lecture"), ("沙龙", "salon"),
        ("座谈", "joint_event"),
        ("走访企业", "company_visit"), ("参观澄湖软件园企业", "company_visit"), ("企业调研", "field_study"),
        ("指导竞赛", "contest_coaching"), ("指导学生参加蓝桥杯竞赛", "contest_coaching"),
        ("学术交流", "academic_exchange"),
        ("联建", "joint_event"), ("共建签约", "joint_event"), ("升旗", "other"),
        ("到红色教育基地参观学习", "themed_party_day"), ("与营角上社区共建沙龙", "salon"),
        ("和科协谈合作", "joint_event"),
        ("人工智能培训讲座", "lecture"),
        ("支委会研究主题党日方案", "committee_meeting"), ("组织生活会会前谈心谈话", "heart_to_heart_talk"),
        ("支部委员会和沈明远进行了谈心谈话", "heart_to_heart_talk"), ("支委会组织志愿服务", "volunteering"),
        ("支委会到会5人", "committee_meeting"), ("支委会研究沙龙安排", "committee_meeting"),
        ("主题当日", "themed_party_day"), ("组织生话会", "organisational_life_meeting"), ("志愿服物", "volunteering"),
        ("党客", "party_lecture"), ("主讲作报告", "lecture"),
        ("支委汇", "committee_meeting"), ("支部委员都来座谈", "joint_event"),
        ("主题党日：志愿服务进社区", "themed_party_day"), ("讲座《从党课说起》", "lecture"),
    ],
)  # fmt: skip
def test_kinds(line, kind):
    assert reading(f"昨天 {line}").kind == kind


@pure
def test_a_kind_of_the_school_s_own_is_known_by_its_name():
    own = Known(kinds=[*BRANCH.kinds, ("reading_club", "读书会", False)])
    assert read("周三 读书会 《论教育》", today=TODAY, known=own).kind == "reading_club"
    assert read("周三 讲座", today=TODAY, known=Known(kinds=[("other", "其他", False)])).kind == "other"


@pure
@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("支委会", ["branch_life"]), ("讲座", ["education_service"]), ("联建", ["joint_building"]),
        ("沙龙", ["education_service", "practice_education"]),  # as the branch usually has it
        ("讲座 党建联建 科技赋能", ["joint_building", "education_service", "technology_empowerment"]),
    ],
)  # fmt: skip
def test_task_lines(line, lines):
    assert reading(line).lines == lines


@pure
@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("在党员之家召开支委会", "党员之家"), ("支委会 会议室318", "会议室318"),
        ("支委会 实训楼 318 会议室", "实训楼 318 会议室"),
        ("在318会议室开支委会", "318会议室"), ("讲座 图书馆报告厅", "图书馆报告厅"),
        ("地点：教学楼301 支委会", "教学楼301"),
        ("到阳光小学开展科普", "阳光小学"), ("主题党日 上河里社区 32人次", "上河里社区"),
        ("线上 党课", "线上"), ("腾讯会议 支委会", "腾讯会议"),
        ("在营角上社区党群服务中心举办沙龙", "营角上社区党群服务中心"), ("于多功能厅举办讲座", "多功能厅"),
        ("支委会 与澄湖农商行座谈", ""), ("走进量子世界讲座", ""),
        ("在学院三楼会议室召开支委会", "学院三楼会议室"), ("在澄湖农商行总部举办培训", "澄湖农商行总部"),
        ("在318开支委会", "实训楼 318 会议室"), ("在402开支委会", "402"), ("送教下乡", ""),
        ("党员活动室组织生活会", "党员活动室"),
        ("实训楼402 集训", "实训楼402"),
        ("主题党日 16人 党员之家", "党员之家"), ("支委会318 5人", "实训楼 318 会议室"), ("支委会402 5人", "402"),
        ("从1921到2026 党课", ""), ("营角上社区员工培训", ""), ("主题党日 营角上社区", "营角上社区"),
        ("与营角上社区党委签约", ""), ("在图书馆办讲座", "图书馆"), ("线上线下同步培训", ""),
    ],
)  # fmt: skip
def test_places(line, place):
    assert reading(f"昨天{line}").place == place


@pure
@pytest.mark.parametrize(
    ("words", "partners"),
    [
        ("营角上社区", [3]), ("澄湖农商行", [2]), ("澄湖农商银行技术部", [2]), ("农商行和华为", [2, 1]),
        ("区科协", [4]),
        ("科技局", [5]), ("营角上设区", [3]), ("澄湖农商航", [2]), ("HUAWEI", []), ("望江社区", []),
    ],
)  # fmt: skip
def test_partners_by_name_alias_or_short_form(words, partners):
    assert sorted(reading(f"昨天 与{words}座谈").partners) == sorted(partners)


@pure
def test_a_short_form_of_two_partners_names_neither():
    two = Known(
        kinds=BRANCH.kinds, partners=[(1, "东湖农村商业银行", ()), (2, "西山区农村商业银行", ("西山农商行",))]
    )
    assert read("农商银行 座谈", today=TODAY, known=two).partners == []
    assert read("西山农商行 座谈", today=TODAY, known=two).partners == [2]
    assert "科协" in short_forms("澄湖区科学技术协会")


@pure
def test_people_with_a_part():
    found = reading("昨天 党课 沈明远主持，周若兰、陆思齐主讲，记录：罗海潮")
    assert (found.hosts, found.speakers, found.recorders) == (["沈明远"], ["周若兰", "陆思齐"], ["罗海潮"])
    assert reading("主讲人：秦叔平教授 讲座").speakers == ["秦叔平"]
    assert reading("学术报告会 主讲人张伟教授").speakers == ["张伟"]
    assert reading("罗海潮讲党课").speakers == ["罗海潮"]
    assert reading("人工智能主讲课程建设").speakers == []


@pure
@pytest.mark.parametrize(
    ("line", "theme"),
    [
        ("支委会，讨论年度总结和党员评议安排", "讨论年度总结和党员评议安排"),
        ("昨天 开展数字助老 营角上社区 30人", "数字助老"),
        ("主题党日：学习全会精神 党员之家 16人", "学习全会精神"),
        ("银行员工AI应用培训（第三期） 64人次", "银行员工AI应用培训（第三期）"),
        ("讲座《走近量子计算》", "讲座《走近量子计算》"), ("举办“身边的量子科技”讲座", "“身边的量子科技”讲座"),
        ("《11月20日记》读书 5人次", "《11月20日记》读书"), ("支委会（第10次） 昨天", "支委会（第10次）"),
        ("支委会 第10次", "支部委员会会议（第10次）"), ("支委会", "支部委员会会议"), ("昨天", "活动"),
        ("", "活动"),
        ("昨天与营角上社区联合开展主题党日", "主题党日（营角上社区）"),
        ("学术交流 北京 3人", "学术交流（北京）"),
        ("AI时代：机遇，与挑战 讲座", "AI时代：机遇，与挑战"), ("HCIP-AI 培训", "HCIP-AI 培训"),
        ("和区科技局联合举办“AI”讲座", "“AI”讲座"), ("志愿服务 4小时", "志愿服务（4小时）"),
        ("谈心谈话 沈明远 周若兰", "谈心谈话（沈明远 周若兰）"), ("2月30日 主题党日", "主题党日（2月30日）"),
        ("慰问老人12人", "慰问老人"), ("参观博物馆 15人", "参观博物馆"), ("组织学生参加讲座", "组织学生参加讲座"),
        ("与澄湖农商行共建签约", "与澄湖农商行共建签约"),
    ],
)  # fmt: skip
def test_themes(line, theme):
    assert reading(line).theme == theme


@pure
def test_a_line_that_is_too_long_keeps_its_words_in_rest():
    found = reading("量子" * 400)
    assert (len(found.theme), found.rest) == (300, "量子" * 400)
    assert found.doubts == ["这一行太长，主题只留下前 300 个字"]


@pure
def test_what_was_called_off_is_doubted():
    assert reading("昨天 支委会取消").doubts == ["这一行里有“取消”，请看一下状态"]


@pure
@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("32", 32), ("1,200", 1200), ("1.2万", 12000), ("三十二", 32), ("十", 10), ("二十", 20),
        ("一百零五", 105),
        ("两百五", 250), ("一百二十", 120), ("一万二千", 12000), ("二零二四", 2024), ("百", 100), ("1.5", None),
        ("三二十", None),
        ("", None), ("人", None),
    ],
)  # fmt: skip
def test_numerals(words, value):
    assert number(words) == value


def test_the_words_of_the_rules_are_those_of_the_models():
    assert TaskLine.values == LINE_ORDER
    assert {"", "estimate", "sign_in", "roster", "host_proof"} == {"", *Activity.CountMethod.values}


# ---------------------------------------------------------------- lines by other hands


@pure
def test_the_lines_the_rules_were_made_with():
    right, wrong = quicklog.score("quicklog_development.json")
    assert right >= 100, "\n".join(wrong)


@pure
def test_the_lines_the_rules_have_never_seen():
    right, wrong = quicklog.score("quicklog_lines.json")
    print(*wrong, sep="\n")
    assert right >= 90


# ---------------------------------------------------------------- whatever is typed

FRAGMENTS = st.sampled_from(
    """昨天 下午2点 11月20日至22日 2月30日 营角上社区 澄湖农商行 主题党日 支委会 讲座 《走近量子》 “开头 近百人 32人次
    实到15/17 约 余 签到 在 到 第10次 318会议室 沈明远主讲 主持： ， （ ） 、 : 11.20 2024- 将于 七一 与 和 的 AI HCIP
    量子 数字助老 请假2人 一百""".split()  # noqa: SIM905
)
LINES = st.lists(FRAGMENTS | st.text(max_size=8), max_size=12).map("".join) | st.text(max_size=120)
DAYS = st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31))


@pure
@settings(max_examples=400, deadline=None)
@given(LINES, DAYS)
def test_whatever_is_typed_gives_a_reading_that_can_be_saved(line, today):
    found = reading(line, today)
    assert found.theme.strip()
    assert len(found.theme) <= 300
    assert len(found.place) <= 120
    assert 1900 <= found.starts_on.year <= 2100
    assert found.ends_on is None or found.ends_on >= found.starts_on
    assert found.ends_at is None or found.ends_on is not None
    if found.ends_at and found.starts_at and found.ends_on == found.starts_on:
        assert found.ends_at >= found.starts_at
    assert found.kind in {code for code, _, _ in BRANCH.kinds}
    assert found.lines
    assert found.status == "planned" or found.starts_on <= today
    for name in ("person_times", "persons", "present", "expected"):
        assert getattr(found, name) is None or 0 <= getattr(found, name) <= 2_000_000
    filled = {name for name, value in vars(found).items() if value not in (None, "", [], {})}
    assert filled - {"rest", "sources", "doubts"} <= set(found.sources)


@pure
@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["昨天", "营角上社区", "主题党日", "32人次", "11月20日", "14:00", "签到"]),
        max_size=4,
        unique=True,
    ),
    st.text(alphabet="甲乙丙丁戊己庚辛壬癸鼠牛虎兔", min_size=4, max_size=20),
    st.integers(0, 4),
)
def test_words_no_rule_knows_stay_in_the_theme(understood, words, at):
    line = " ".join([*understood[:at], words, *understood[at:]])
    assert words in reading(line).theme


@pure
def test_a_long_line_is_read_at_once():
    for line in (
        "1" * 2000,
        "一" * 2000,
        "（" * 2000,
        "在" * 2000,
        "人次 " * 700,
        "11月20日至" * 400,
        "第10次 " * 500,
    ):
        started = time.perf_counter()
        reading(line)
        assert time.perf_counter() - started < 2, line[:10]


# ---------------------------------------------------------------- what the branch has


@pytest.mark.django_db
def test_known_asks_the_branch_and_only_it(django_assert_num_queries):
    branch = factories.OrganisationFactory()
    partner = factories.PartnerFactory(organisation=branch, name="营角上社区党委")
    factories.PartnerAliasFactory(partner=partner, name="营角上")
    member = factories.MemberFactory(organisation=branch, name="沈明远")
    factories.PartnerFactory(name="别家单位")
    factories.MemberFactory(name="别家党员")
    for place in ("党员之家", "图书馆", "党员之家"):
        factories.ActivityFactory(
            organisation=branch, kind_id="salon", place=place, lines=["education_service"]
        )
    with django_assert_num_queries(5):
        has = known(branch)
    assert has.partners == [(partner.pk, "营角上社区党委", ("营角上",))]
    assert has.members == [(member.pk, "沈明远")]
    assert has.places == ["党员之家", "图书馆"]
    assert has.lines_of_kind == {"salon": ["education_service"]}
    assert ("salon", "周末沙龙", False) in has.kinds
    assert ("themed_party_day", "主题党日", True) in has.kinds
    assert re.fullmatch("沙龙", read("沙龙", today=TODAY, known=has).theme) is None
