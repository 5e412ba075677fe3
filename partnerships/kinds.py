"""The built-in kinds of partners: the only place that names them."""

PARTNER_KINDS = [
    {"code": "government", "name": "机关"},
    {"code": "company", "name": "企业"},
    {"code": "bank", "name": "银行"},
    {"code": "community", "name": "社区"},
    {"code": "village", "name": "村/乡镇"},
    {"code": "park", "name": "园区"},
    {"code": "school", "name": "中小学"},
    {"code": "university", "name": "高校"},
    {"code": "institute", "name": "科研院所"},
    {"code": "hospital", "name": "医院"},
    {"code": "association", "name": "协会"},
    {"code": "military", "name": "部队"},
]

# What a plan row may be, offered in forms; the column itself is free text.
PLAN_FORMS = ["党课", "主题党日", "参观", "座谈", "培训", "志愿服务", "项目对接"]

# What agreements usually promise, offered in forms; the column itself is free text.
COMMITMENTS = ["员工培训", "专题讲座", "实习岗位", "就业岗位", "共建项目", "创新孵化中心", "联合主题党日"]

# What an agreement that was signed is proven by: (—, —, evidence, demand).
PROOFS = [("", "", "agreement", "required")]
