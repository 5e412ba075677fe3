"""How each figure is counted, in the words of the reader: pages and the trace sheet print them."""

from __future__ import annotations

_ALWAYS = "回收站里的和标为“不计入报告”的记录不算。"

_EXACT = {
    "members.total": "统计时点在册的党员：从转入日期（没有则从入党日期）起算，到转出日期的前一天为止。",
    "members.full": "统计时点在册、且已转正的党员；有转正日期的看日期，没有的看人员类别。",
    "members.probationary": "统计时点在册、尚未转正的党员；有转正日期的看日期，没有的看人员类别。",
    "activities.total": "统计区间内已举办的活动，按开始日期；计划和取消的不算，一场只算一次。",
    "outreach.sessions": "统计区间内已举办、记有服务人次或人数的活动。",
    "outreach.person_times": "统计区间内已举办活动的服务人次之和；一人到两场算 2 人次，没有填写的不加。",
    "outreach.person_times:measured": "其中以签到、名单或主办方证明计数的人次。",
    "outreach.person_times:estimated": "其中估计的人次；没有填写计数方式的也按估计算。",
    "outreach.persons": "统计区间内已举办活动的服务人数之和；每场之内去重，场与场之间没有去重。",
    "partnerships.joint_activities": "统计区间内已举办、写明联建单位或联建协议的活动。",
    "partnerships.partners": "统计区间内一起办过活动的联建单位：活动里写明的，以及活动所属协议的各方。",
    "partnerships.agreements_signed": "签署日期在统计区间内的协议；状态为洽谈、起草的不算。",
    "partnerships.agreements_in_force": "统计时点有效的协议：已经签署，且未到到期日期；"
    "没有到期日期的视为长期有效，但已标为到期或终止的不算。",
    "partnerships.plan_items": "计划时间在统计区间内的联学联建计划，取消的也在内。",
    "partnerships.plan_items:done": "其中标为完成的，或到统计时点已举办对应活动的。",
    "partnerships.plan_items:cancelled": "其中标为取消的。",
    "outcomes.paper": "发表日期在统计区间内、状态为已发表的学术论文；多人合作只算一篇。",
    "outcomes.party_paper": "发表日期在统计区间内、状态为已发表的党建论文；多人合作只算一篇。",
    "outcomes.patent": "授权日期在统计区间内的专利；后来失效的（专利号以 ZL 开头）仍算。",
    "outcomes.patent:applied": "日期在统计区间内、处于受理或公开阶段的专利申请；不算授权。",
    "outcomes.honour": "日期在统计区间内的荣誉；处于培育创建阶段的另计。",
    "outcomes.honour:cultivation": "日期在统计区间内、处于培育创建阶段的荣誉；不算获得。",
    "outcomes.book.contributors": "统计区间内出版的教材专著的完成人中，区间内在册的党员；一人只算一次。",
    "outcomes.funds:vertical": "统计区间内纵向课题的合同金额之和，不含教改课题；与到账金额分开，不相加。",
    "outcomes.funds:horizontal_contract": "统计区间内横向课题的合同金额之和；与到账金额分开，不相加。",
    "outcomes.funds:horizontal_received": "统计区间内横向课题的到账金额之和；与合同金额分开，不相加。",
    "outcomes.funds:transfer_received": "统计区间内专利转化的到账金额之和。",
}
# The first beginning that fits.
_BEGINNINGS = [
    (
        "certifications.holders:",
        "统计时点在册、持有至少一项已核验且在有效期内的该类认证的党员；一人只算一次。",
    ),
    ("certifications.ratio:", "统计时点持有该类有效认证的党员数，除以同一时点的党员数；保留一位小数。"),
    ("activities.kind:", "统计区间内已举办的这一类型的活动。"),
    (
        "activities.line:",
        "统计区间内已举办、服务于这条任务线的活动；一场活动可服务几条任务线，各线之和可能大于活动总数。",
    ),
    ("branch_life.", "统计区间内已举办的这一类组织生活，不论属于哪条任务线。"),
    ("partnerships.partners:", "统计区间内一起办过活动的联建单位中，属于这一类型的。"),
    ("outcomes.patent:", "授权日期在统计区间内的专利中，属于这一类型或级别的。"),
    ("outcomes.", "日期在统计区间内的这类成果；只写到年、月的日期，要整段都在区间内才算；多人合作只算一项。"),
]


def definition(key: str) -> str:
    """How the figure of this key is counted, in Chinese."""
    text = _EXACT.get(key) or next((text for start, text in _BEGINNINGS if key.startswith(start)), "")
    return f"{text}{_ALWAYS}"
