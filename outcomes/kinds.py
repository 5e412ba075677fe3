"""The built-in kinds of outcomes and their subtypes: the only place that names them.

unit: how reports count them. states: which list of states applies (OutcomeKind.States). line: the task line under
which a report tells them.
"""

OUTCOME_KINDS = [
    {"code": "paper", "name": "学术论文", "unit": "篇", "states": "paper", "line": "technology_empowerment"},
    {"code": "party_paper", "name": "党建论文", "unit": "篇", "states": "paper", "line": "joint_building"},
    {"code": "patent", "name": "专利", "unit": "件", "states": "patent", "line": "technology_empowerment"},
    {"code": "technology_transfer", "name": "专利转化", "unit": "项", "line": "technology_empowerment"},
    {"code": "software_copyright", "name": "软件著作权", "unit": "项", "line": "technology_empowerment"},
    {
        "code": "vertical_project",
        "name": "纵向课题",
        "unit": "项",
        "states": "project",
        "line": "technology_empowerment",
    },
    {
        "code": "horizontal_project",
        "name": "横向课题",
        "unit": "项",
        "states": "project",
        "line": "technology_empowerment",
    },
    {
        "code": "teaching_reform_project",
        "name": "教改课题",
        "unit": "项",
        "states": "project",
        "line": "practice_education",
    },
    {"code": "book", "name": "教材专著", "unit": "部", "line": "practice_education"},
    {"code": "platform", "name": "科研平台", "unit": "个", "line": "technology_empowerment"},
    {"code": "competition_award", "name": "学科竞赛", "unit": "项", "line": "practice_education"},
    {
        "code": "student_project",
        "name": "师生项目",
        "unit": "项",
        "states": "project",
        "line": "practice_education",
    },
    {"code": "honour", "name": "荣誉", "unit": "项", "states": "honour", "line": "branch_life"},
    {"code": "advisory_report", "name": "调研报告", "unit": "篇", "line": "education_service"},
    {"code": "publicity", "name": "宣传报道", "unit": "篇", "line": "branch_life"},
]

# The word of a workbook's 类型 column for a kind that has subtypes; every other kind is written by its own name.
SUBTYPES = {
    "invention": ("patent", "发明专利"),
    "utility_model": ("patent", "实用新型专利"),
    "design": ("patent", "外观设计专利"),
    "textbook": ("book", "教材"),
    "monograph": ("book", "专著"),
}

# The patent number's type digit: 1 and 8 (PCT) invention, 2 and 9 (PCT) utility model, 3 design.
PATENT_TYPE_DIGITS = {
    "1": "invention",
    "8": "invention",
    "2": "utility_model",
    "9": "utility_model",
    "3": "design",
}

# What an outcome is proven by: (kind, state, evidence, demand); "" stands for all of them.
PROOFS = [
    ("patent", "granted", "certificate", "required"),
    ("software_copyright", "", "certificate", "required"),
    ("competition_award", "", "certificate", "required"),
    ("honour", "", "certificate", "wished"),
    ("vertical_project", "", "notice", "required"),
    ("teaching_reform_project", "", "notice", "required"),
    ("student_project", "", "notice", "required"),
    ("platform", "", "notice", "wished"),
    ("horizontal_project", "", "agreement", "required"),
    ("technology_transfer", "", "agreement", "required"),
    ("paper", "published", "cover", "wished"),
    ("paper", "published", "contents", "wished"),
    ("party_paper", "published", "cover", "wished"),
    ("party_paper", "published", "contents", "wished"),
    ("book", "", "cover", "required"),
    ("", "", "", "required"),
]
