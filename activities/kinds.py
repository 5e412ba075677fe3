"""The built-in kinds of activities: the only place that names them.

The eight kinds of branch life carry their usual minimum (times per period); a school edits it.
"""

ACTIVITY_KINDS = [
    {
        "code": "members_meeting",
        "name": "支部党员大会",
        "is_branch_life": True,
        "minimum": 1,
        "period": "quarter",
    },
    {
        "code": "committee_meeting",
        "name": "支部委员会会议",
        "is_branch_life": True,
        "minimum": 1,
        "period": "month",
    },
    {"code": "group_meeting", "name": "党小组会", "is_branch_life": True, "minimum": 1, "period": "month"},
    {"code": "party_lecture", "name": "党课", "is_branch_life": True, "minimum": 1, "period": "quarter"},
    {"code": "themed_party_day", "name": "主题党日", "is_branch_life": True, "minimum": 1, "period": "month"},
    {
        "code": "organisational_life_meeting",
        "name": "组织生活会",
        "is_branch_life": True,
        "minimum": 1,
        "period": "year",
    },
    {
        "code": "member_appraisal",
        "name": "民主评议党员",
        "is_branch_life": True,
        "minimum": 1,
        "period": "year",
    },
    {
        "code": "heart_to_heart_talk",
        "name": "谈心谈话",
        "is_branch_life": True,
        "minimum": 1,
        "period": "year",
    },
    {"code": "lecture", "name": "专题讲座"},
    {"code": "training", "name": "技能培训"},
    {"code": "science_outreach", "name": "科普推广"},
    {"code": "academic_exchange", "name": "学术交流"},
    {"code": "salon", "name": "周末沙龙"},
    {"code": "contest_coaching", "name": "竞赛指导"},
    {"code": "joint_event", "name": "联建活动"},
    {"code": "company_visit", "name": "企业交流"},
    {"code": "volunteering", "name": "志愿服务"},
    {"code": "field_study", "name": "调研"},
    {"code": "other", "name": "其他"},
]

BRANCH_LIFE = [row["code"] for row in ACTIVITY_KINDS if row.get("is_branch_life")]

# What a plan row's form (partnerships.kinds.PLAN_FORMS) usually becomes when it is held.
KIND_OF_PLAN_FORM = {
    "党课": "party_lecture",
    "主题党日": "themed_party_day",
    "参观": "company_visit",
    "座谈": "joint_event",
    "培训": "training",
    "志愿服务": "volunteering",
    "项目对接": "joint_event",
}

# Who gives feedback, as forms suggest it.
IDENTITIES = ["家长", "学生", "社区居民", "老年居民", "企业员工", "银行员工", "中小学教师", "联建单位"]

# What an activity that was held is proven by: (kind, way of counting, evidence, demand); "" stands for all of them.
# People counted need the proof that they were counted by. Photos are never forced on anybody.
PROOFS = [
    ("", "sign_in", "sign_in_sheet", "required"),
    ("", "roster", "sign_in_sheet", "required"),
    ("", "host_proof", "host_proof", "required"),
    ("", "", "notice", "wished"),
    ("", "", "sign_in_sheet", "wished"),
    ("", "", "photo", "wished"),
    ("", "", "", "required"),
]
