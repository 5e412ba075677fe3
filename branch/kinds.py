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

# Why a certificate is given back; its holder reads it as it stands here.
RETURN_REASONS = [
    "照片不清楚，请重拍",
    "证书编号看不清，请拍清楚编号",
    "不是本人的证书",
    "缺页，请补齐",
    "证书已过期",
    "与已交的证书重复",
    "填写的内容与照片不一致",
    "不是认证证书",
]

# What a certification is proven by: (—, —, evidence, demand).
PROOFS = [("", "", "certificate", "required")]
