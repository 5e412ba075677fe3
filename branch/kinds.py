"""The built-in certification types, and the words of member data: the only place that names them."""

CERTIFICATION_TYPES = [
    {"name": "HCIA", "issuer": "华为", "validity_months": 36},
    {"name": "HCIP", "issuer": "华为", "validity_months": 36},
    {"name": "HCIE", "issuer": "华为", "validity_months": 36},
]

POSTS = ["书记", "副书记", "组织委员", "宣传委员", "纪检委员"]

TITLES = ["教授", "副教授", "讲师", "助教", "研究员", "副研究员", "高级工程师", "工程师", "实验师"]
