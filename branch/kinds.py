"""The built-in certification types, and the words that forms suggest: the only place that names them."""

CERTIFICATION_TYPES = [
    {"name": "HCIA", "issuer": "华为", "validity_months": 36},
    {"name": "HCIP", "issuer": "华为", "validity_months": 36},
    {"name": "HCIE", "issuer": "华为", "validity_months": 36},
]

POSTS = ["书记", "副书记", "组织委员", "宣传委员", "纪检委员"]

EDUCATIONS = ["研究生", "本科", "专科"]

DEGREES = ["博士", "硕士", "学士"]

TITLES = ["教授", "副教授", "讲师", "助教", "研究员", "副研究员", "高级工程师", "工程师", "实验师"]

RETURN_REASONS = ["照片不清楚，请重拍", "证书编号与照片不一致", "不是本人的证书", "证书已过期"]

# What a certification is proven by: (—, —, evidence, demand).
PROOFS = [("", "", "certificate", "required")]
