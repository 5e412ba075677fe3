"""A second, small branch under the same college, so that its pages have two rows. It shares a partner and a paper."""

# Rows of a table, laid out to be read as such.
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from exchange.demo.rows import activity, outcome

# As in `people`, and the group (党小组) last.
MEMBERS = """
2001 裴文渊 男 1980-08 2002-06-12 2003-06-12 2010-09-01 - 研究生 博士 教授 系主任 第一党小组
2002 祁若云 女 1985-12 2007-05-30 2008-05-30 2012-09-01 - 研究生 硕士 副教授 专任教师 第一党小组
2003 霍景行 男 1983-03 2005-11-18 2006-11-18 2011-09-01 - 研究生 硕士 副教授 专任教师 第二党小组
2004 骆清扬 女 1990-07 2011-12-09 2012-12-09 2017-09-01 - 研究生 硕士 讲师 专任教师 第一党小组
2005 翟思敏 女 1992-02 2013-06-14 2014-06-14 2019-09-01 - 研究生 硕士 讲师 专任教师 第二党小组
2006 邢卓然 男 1987-10 2008-12-05 2009-12-05 2014-09-01 - 研究生 博士 讲师 专任教师 第二党小组
2007 管书航 男 1995-05 2016-11-25 2017-11-25 2021-09-01 - 研究生 硕士 助教 专任教师 第一党小组
2008 舒雨桐 女 1994-09 2015-06-19 2016-06-19 2020-09-01 - 研究生 硕士 讲师 专任教师 第二党小组
"""
POSTS = {
    "裴文渊": [("书记", "2022-06-24", None)],
    "祁若云": [("组织委员", "2022-06-24", None)],
    "霍景行": [("宣传委员", "2022-06-24", None)],
}
COMMITTEE = ["裴文渊", "祁若云", "霍景行"]
CERTIFICATIONS = """
裴文渊 HCIP Datacom 2023-06-10 2026-06-09 verified
霍景行 HCIP Cloud-Service 2024-09-21 2027-09-20 verified
翟思敏 HCIA AI 2024-05-18 2027-05-17 pending
"""

HOME = "教学楼 406"
ACTIVITIES = [
    *(
        activity(
            f"2024-{day} 14:30-15:30", "members_meeting", "支部", f"支部党员大会：{theme}", place=HOME, host="裴文渊",
            recorder="祁若云", present="全体", resolution="同意。", votes=(8, 0, 0),
        )
        for day, theme in (
            ("03-13", "年度工作计划"), ("06-19", "上半年小结"), ("09-25", "新学期安排"), ("12-11", "年度总结"),
        )
    ),
    *(
        activity(
            f"2024-{day} 14:30-16:00", "themed_party_day", "支部", f"主题党日：{theme}", place=HOME, host="祁若云",
            recorder="霍景行", present="全体",
        )
        for day, theme in (
            ("01-17", "学习交流"), ("03-20", "学习全国两会精神"), ("05-22", "党纪学习教育"), ("07-03", "重温入党誓词"),
            ("09-18", "师德师风专题"), ("11-20", "学习全会精神"),
        )
    ),
    *(
        activity(
            f"2024-{day} 15:40-16:30", "group_meeting", "支部", f"第{group}党小组会：{theme}", place=HOME, host=host,
            present=present,
        )
        for day, group, theme, host, present in (
            ("04-17", "一", "讨论课程思政案例", "祁若云", "裴文渊 祁若云 骆清扬 管书航"),
            ("04-17", "二", "讨论课程思政案例", "霍景行", "霍景行 翟思敏 邢卓然 舒雨桐"),
        )
    ),
    activity(
        "2024-04-24 15:00-16:00", "party_lecture", "支部", "专题党课：纪律建设永远在路上", place=HOME, host="祁若云",
        speaker="裴文渊", present="全体",
    ),
    activity(
        "2024-10-19 09:00-11:00", "volunteering", "服务", "家电网络义诊", place="望江社区广场", host="霍景行", partners="社区",
        present="霍景行 骆清扬 管书航", served=(64, "签到", 64), proof=(1, "sign_in_sheet"),
    ),
    *(
        activity(
            f"2025-{day} 14:30-15:30", kind, "支部", theme, place=HOME, host="裴文渊", recorder="祁若云", present="全体",
        )
        for day, kind, theme in (
            ("03-12", "members_meeting", "支部党员大会：年度工作计划"),
            ("04-16", "themed_party_day", "主题党日：课程思政集体备课"),
            ("06-18", "members_meeting", "支部党员大会：上半年小结"),
            ("07-02", "themed_party_day", "主题党日：重温入党誓词"),
            ("09-24", "members_meeting", "支部党员大会：新学期安排"),
            ("11-19", "party_lecture", "专题党课：学习全会精神"),
        )
    ),
    activity(
        "2025-05-17 09:00-11:00", "volunteering", "服务", "家电网络义诊（第二次）", place="望江社区广场", host="霍景行",
        partners="社区", present="霍景行 骆清扬 翟思敏", served=(58, "签到", 58), proof=(1, "sign_in_sheet"),
    ),
    activity(
        "2023-11-15 14:30-15:30", "members_meeting", "支部", "支部党员大会：主题教育总结", place=HOME, host="裴文渊",
        recorder="祁若云", present="全体",
    ),
]
OUTCOMES = [
    outcome(
        "paper", "2024-06-12", "软件工程课程的敏捷实践", "祁若云(通讯) 骆清扬", venue="《职业技术教学》", indexing="普刊", proof=["cover"],
    ),
    outcome(
        "paper", "2024-04-20", "小样本条件下工业零件缺陷检测方法", "任嘉树 陆思齐 邢卓然", venue="《智能制造学报》", indexing="CSCD",
        doi="10.00000/demo.2024.0103", proof=["cover"],
    ),
    outcome(
        "software_copyright", "2024-10-10", "课堂点评小工具软件", "管书航", number="2024SR1533708", proof=["certificate"],
    ),
    outcome(
        "paper", "2025-06-10", "软件测试课程的案例库建设", "骆清扬(通讯) 霍景行", venue="《实验实训管理》", indexing="普刊", proof=["cover"],
    ),
    outcome("honour", "2024-06-27", "学院先进党支部", "", level="院", venue="学院党委", status="awarded"),
]
PARTNERS = {
    "社区": {
        "name": "望江社区党委",
        "kind": "community",
        "aliases": [],
        "contact": "许竹君",
        "phone": "000-0000-0103",
        "since": "2024-10",
    }
}
