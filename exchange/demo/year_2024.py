"""The reference year: its figures are those of the published case, its events and people are invented.

February has no committee meeting and December no themed Party day: gaps are shown, not papered over.
"""

# Rows of a table, laid out to be read as such.
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from exchange.demo.rows import activity

OFFICE, HOME = "实训楼 318 会议室", "党员之家"
CENTRE = "望江社区党群服务中心"

BRANCH_LIFE = [
    # ------------------------------------------------------------ 支部委员会会议
    activity(
        "2024-01-12 14:30-16:00", "committee_meeting", "支部", "支部委员会会议（第1次）", place=OFFICE,
        host="沈明远", recorder="周若兰", present="支委", proof=(0, "notice"),
        agenda="一、研究 2024 年支部工作要点\n二、讨论与澄湖农商银行科技部党支部的联建计划表",
        resolution="一、同意工作要点，提交 3 月党员大会审议。\n二、联建计划定为 8 项，由顾晓峰负责联络。",
        votes=(5, 0, 0),
    ),
    activity(
        "2024-03-08 14:30-15:50", "committee_meeting", "支部", "支部委员会会议（第2次）", place=OFFICE,
        host="沈明远", recorder="周若兰", present="支委",
        agenda="一、安排周末信息素养沙龙全年 8 期\n二、研究入党积极分子丁思源的培养情况",
        resolution="一、沙龙由韩振东牵头，每期至少 4 名党员参加。\n二、同意列为发展对象，按程序公示。",
        votes=(5, 0, 0),
        proof=(0, "other"),
    ),
    activity(
        "2024-04-10 15:00-16:20", "committee_meeting", "支部", "支部委员会会议（第3次）", place=OFFICE,
        host="沈明远", recorder="韩振东", present="支委", leave="周若兰:外出开会",
        agenda="一、部署党纪学习教育\n二、审议与区科协的科普共建协议文本",
        resolution="一、按月列出学习篇目。\n二、同意协议文本，由书记签署。", votes=(4, 0, 0),
    ),
    activity(
        "2024-05-10 14:30-15:40", "committee_meeting", "支部", "支部委员会会议（第4次）", place=OFFICE,
        host="沈明远", recorder="周若兰", present="支委",
        agenda="一、讨论接收丁思源为预备党员的材料\n二、研究与区科技局的合作协议",
        resolution="一、材料齐全，提交党员大会表决。\n二、同意签订协议，年内培训两期、调研一次。", votes=(5, 0, 0),
        proof=(0, "other"),
    ),
    activity(
        "2024-06-12 14:30-15:30", "committee_meeting", "支部", "支部委员会会议（第5次）", place=OFFICE,
        host="沈明远", recorder="周若兰", present="支委", leave="陆思齐:指导学生参赛",
        agenda="一、检查上半年计划完成情况\n二、安排“七一”活动",
        resolution="一、科普活动按计划推进，专利申报进度偏慢，由方子安跟进。\n二、7 月 1 日集中重温入党誓词。",
        votes=(4, 0, 0),
        proof=(0, "other"),
    ),
    activity(
        "2024-07-05 09:30-10:40", "committee_meeting", "支部", "支部委员会会议（第6次）", place=OFFICE,
        host="沈明远", recorder="周若兰", present="支委",
        agenda="一、研究联合创新孵化中心揭牌事宜\n二、安排暑期编程营值班",
        resolution="一、7 月 18 日揭牌，首个入驻项目为网点客流预测。\n二、值班表由唐婉宁排定。", votes=(5, 0, 0),
        proof=(0, "other"),
    ),
    activity(
        "2024-08-30 14:30-16:00", "committee_meeting", "支部", "支部委员会会议（第7次）", place=OFFICE,
        host="沈明远", recorder="周若兰", present="支委",
        agenda="一、新学期支部工作安排\n二、讨论强国行专项行动申报材料",
        resolution="一、9 月起每月第四个周五开展主题党日。\n二、材料由陆思齐统稿，9 月 10 日前报学院党委。",
        votes=(5, 0, 0),
        proof=(0, "other"),
    ),
    activity(
        "2024-09-11 14:30-15:40", "committee_meeting", "支部", "支部委员会会议（第8次）", place=OFFICE,
        host="沈明远", recorder="周若兰", present="支委",
        agenda="一、全国科普日分工\n二、“数字助老进社区”主题党日方案",
        resolution="一、陆思齐带队，8 名党员参加。\n二、同意方案，两人一组，提前与社区核对报名名单。", votes=(5, 0, 0),
        proof=(0, "other"),
    ),
    activity(
        "2024-10-11 15:00-16:10", "committee_meeting", "支部", "支部委员会会议（第9次）", place=OFFICE,
        host="沈明远", recorder="韩振东", present="支委", leave="周若兰:参加教学检查",
        agenda="一、第二期银行员工培训课程\n二、核对党员认证到期情况",
        resolution="一、课程增加大模型办公应用 2 学时。\n二、逐人提醒，唐婉宁 12 月前完成换证。", votes=(4, 0, 0),
        proof=(0, "other"),
    ),
    activity(
        "2024-11-08 14:30-15:50", "committee_meeting", "支部", "支部委员会会议（第10次）", place=OFFICE,
        host="沈明远", recorder="周若兰", present="支委",
        agenda="一、讨论与华为的续签文本\n二、年度报告分工",
        resolution="一、文本报学校会签，今年可能来不及签订。\n二、按任务线分工，12 月 20 日前交初稿。", votes=(5, 0, 0),
        proof=(0, "other"),
    ),
    activity(
        "2024-12-13 14:30-16:10", "committee_meeting", "支部", "支部委员会会议（第11次）", place=OFFICE,
        host="沈明远", recorder="周若兰", present="支委",
        agenda="一、组织生活会和民主评议方案\n二、联建计划未完成项的处理",
        resolution="一、12 月 27 日召开，会前完成谈心谈话。\n二、孵化中心中期座谈推迟，友谊赛双方商定取消。",
        votes=(5, 0, 0),
        proof=(0, "other"),
    ),
    # ------------------------------------------------------------ 支部党员大会
    activity(
        "2024-03-15 14:30-16:00", "members_meeting", "支部", "支部党员大会：2023 年工作报告与 2024 年计划", place=HOME,
        host="沈明远", recorder="周若兰", present="全体", leave="罗海潮:因病请假;秦书瑶:外出授课", proof=(2, "sign_in_sheet"),
        agenda="一、听取 2023 年支部工作报告\n二、审议 2024 年工作要点和目标",
        speeches="罗海潮（书面）：希望沙龙兼顾高年级学生。方子安：建议把认证计划列入目标。",
        resolution="通过 2023 年工作报告和 2024 年工作要点，确定年度目标 8 项。", votes=(14, 0, 0),
    ),
    activity(
        "2024-05-24 14:30-15:10", "members_meeting", "支部", "支部党员大会：接收丁思源为中共预备党员", place=HOME,
        host="沈明远", recorder="周若兰", present="全体", leave="蒋文博:带队竞赛", observer="温静仪:学院党委组织员",
        proof=(2, "sign_in_sheet"),
        agenda="一、听取丁思源本人和入党介绍人汇报\n二、讨论并表决",
        speeches="介绍人叶知秋、唐婉宁分别介绍培养情况；韩振东、魏清如发言，肯定其教学投入，建议加强理论学习。",
        resolution="应到有表决权党员 16 人，实到 15 人，赞成 15 票，同意接收丁思源为中共预备党员，报上级党委审批。",
        votes=(15, 0, 0),
    ),
    activity(
        "2024-09-20 14:30-15:50", "members_meeting", "支部", "支部党员大会：强国行专项行动任务分解", place=HOME,
        host="沈明远", recorder="周若兰", present="全体", leave="钟若水:参加学术会议",
        agenda="一、通报专项行动四条任务线\n二、讨论三年目标",
        resolution="通过任务分解表，每条任务线确定一名牵头党员。", votes=(15, 0, 0), proof=(1, "sign_in_sheet"),
    ),
    activity(
        "2024-11-29 14:30-15:40", "members_meeting", "支部", "支部党员大会：通报年度目标进展", place=HOME,
        host="沈明远", recorder="韩振东", present="全体", leave="邵启航:出差;任嘉树:指导学生参赛",
        agenda="一、通报 8 项目标进展\n二、征求对年度报告的意见",
        resolution="发明专利和新签协议两项预计完不成，写入报告的不足部分。", votes=(14, 0, 0), proof=(1, "sign_in_sheet"),
    ),
    # ------------------------------------------------------------ 党课
    activity(
        "2024-02-28 15:00-16:30", "party_lecture", "支部", "专题党课：做“经师”与“人师”相统一的大先生", place=HOME,
        host="周若兰", recorder="陆思齐", speaker="沈明远", present="全体", leave="彭立言:外出开会",
        summary="围绕师德师风讲授，结合支部三位教师的课程思政案例。", proof=(2, "notice"),
    ),
    activity(
        "2024-09-06 15:00-16:20", "party_lecture", "支部", "专题党课：以科技创新支撑高水平自立自强", place=HOME,
        host="沈明远", recorder="陆思齐", speaker="罗海潮", present="全体", leave="秦书瑶:外出授课",
        summary="从操作系统和数据库的国产化历程谈到专业教师的责任。", proof=(1, "sign_in_sheet"),
    ),
    # ------------------------------------------------------------ 主题党日（支部）
    activity(
        "2024-01-19 14:30-16:00", "themed_party_day", "支部", "主题党日：回望一年，谈谈我的教书育人", place=HOME,
        host="韩振东", recorder="陆思齐", present="全体", leave="蒋文博:家中有事", proof=(1,),
        summary="16 名党员结合教学科研谈收获与不足，整理建议 9 条。",
    ),
    activity(
        "2024-02-26 15:00-16:30", "themed_party_day", "支部", "主题党日：开学第一课备课会", place="教学楼 205",
        host="韩振东", recorder="陆思齐", present="全体", leave="任嘉树:外出授课",
        summary="集体打磨 4 门课程的开学第一课，形成课件 4 份。", proof=(1,),
    ),
    activity(
        "2024-03-22 14:30-16:30", "themed_party_day", "支部", "主题党日：学习全国两会精神", place=HOME,
        host="周若兰", recorder="陆思齐", present="全体", leave="秦书瑶:外出授课;罗海潮:因病请假",
        summary="围绕新质生产力与职业教育改革交流发言 6 人次。", proof=(1,),
    ),
    activity(
        "2024-06-28 14:30-16:00", "themed_party_day", "支部", "主题党日：党纪学习教育交流", place=HOME,
        host="顾晓峰", recorder="陆思齐", present="全体", leave="蒋文博:带队竞赛",
        summary="逐章学习纪律处分条例，观看警示教育片，6 名党员交流体会。", proof=(1, "sign_in_sheet"),
    ),
    activity(
        "2024-07-01 09:00-10:30", "themed_party_day", "支部", "主题党日：重温入党誓词", place="校史馆",
        host="沈明远", recorder="周若兰", present="全体",
        summary="参观校史馆，集体重温入党誓词，为入党满二十年的 3 名党员过政治生日。", proof=(3,),
    ),
    activity(
        "2024-08-28 14:30-16:00", "themed_party_day", "支部", "主题党日：学习党的二十届三中全会精神", place=HOME,
        host="沈明远", recorder="陆思齐", present="全体", leave="唐婉宁:外出培训",
        summary="学习教育科技人才体制机制一体改革的部署，讨论专业建设打算。", proof=(1,),
    ),
    activity(
        "2024-11-22 14:30-15:50", "themed_party_day", "支部", "主题党日：学习全会精神，谈专业建设", place=HOME,
        host="韩振东", recorder="陆思齐", present="全体", leave="钟若水:参加学术会议",
        summary="各教研室汇报专业调整设想，提出课程更新建议 12 条。",
    ),
    # ------------------------------------------------------------ 其他组织生活
    activity(
        "2024-12-18 14:00-17:00", "heart_to_heart_talk", "支部", "组织生活会会前谈心谈话", place=OFFICE,
        host="沈明远", recorder="周若兰", present="全体",
        summary="支委之间、支委与党员之间、党员相互之间谈心，收到意见建议 21 条。",
    ),
    activity(
        "2024-12-27 14:00-16:00", "organisational_life_meeting", "支部", "2024 年度组织生活会", place=HOME,
        host="沈明远", recorder="周若兰", present="全体", leave="罗海潮:因病请假", observer="温静仪:学院党委组织员",
        agenda="一、通报上年度整改情况和本次征求意见情况\n二、支委会班子和党员个人对照检查，开展批评与自我批评",
        resolution="形成整改清单 7 条，逐条明确责任人和完成时间。", proof=(2, "sign_in_sheet"),
    ),
    activity(
        "2024-12-27 16:10-17:10", "member_appraisal", "支部", "2024 年度民主评议党员", place=HOME,
        host="沈明远", recorder="周若兰", present="全体", leave="罗海潮:因病请假",
        agenda="个人自评、党员互评、民主测评、组织评定",
        resolution="评定优秀 5 名，其余均为合格，结果报学院党委。", proof=(0, "sign_in_sheet"),
    ),
]

JOINT = [
    activity(
        "2024-03-27 14:00-16:30", "company_visit", "联建", "参观澄湖农商银行数据中心机房", place="澄湖农商银行数据中心",
        host="顾晓峰", recorder="陆思齐", partners="银行", agreement="LJ-2023-02", plan=1, proof=(3, "notice"),
        present="沈明远 周若兰 韩振东 陆思齐 顾晓峰 方子安 罗海潮 邵启航 彭立言 任嘉树 魏清如 秦书瑶 蒋文博",
        summary="了解银行数据中心运维与灾备，形成调研清单 1 份，列出可合作课题 4 个。",
    ),
    activity(
        "2024-05-08 14:00-17:00", "themed_party_day", "联建", "联合主题党日：追寻足迹", place="澄湖烈士陵园",
        host="周若兰", recorder="陆思齐", partners="银行", agreement="LJ-2023-02", plan=3, proof=(4, "sign_in_sheet"),
        present="全体", leave="秦书瑶:外出授课;蒋文博:带队竞赛",
        summary="与银行科技部党支部一同祭扫、重温誓词，两支部党员共 28 人参加。",
    ),
    activity(
        "2024-07-18 09:30-11:30", "joint_event", "联建", "联合创新孵化中心揭牌", place="实训楼一楼大厅",
        host="顾晓峰", recorder="周若兰", partners="银行", agreement="LJ-2023-02", plan=4, proof=(4, "notice"),
        present="沈明远 周若兰 韩振东 陆思齐 顾晓峰 方子安 任嘉树 魏清如",
        summary="双方负责人揭牌，网点客流预测项目入驻，到场 21 人。",
    ),
    activity(
        "2024-09-26 09:00-11:30", "joint_event", "联建", "联合宣讲：防范电信网络诈骗", place="澄湖农商银行营业部",
        host="彭立言", recorder="陆思齐", partners="银行", agreement="LJ-2023-02", proof=(2,),
        present="陆思齐 顾晓峰 彭立言 蒋文博",
        summary="与银行党员一起为网点窗口录制反诈宣传短片 3 条。",
    ),
    activity(
        "2024-11-27 15:00-16:30", "party_lecture", "联建", "联合党课：从数字金融看科技报国", place=HOME,
        host="沈明远", recorder="周若兰", speaker="秦叔平;陆思齐", partners="银行", agreement="LJ-2023-02",
        present="全体", leave="任嘉树:指导学生参赛;钟若水:参加学术会议", proof=(2, "sign_in_sheet"),
        summary="银行科技部党支部书记与支部宣传委员同台授课，银行党员 11 人到场。",
    ),
]

OUTREACH = [
    activity(
        "2024-01-20 09:30-11:00", "science_outreach", "服务", "寒假网络安全科普", place=CENTRE,
        host="彭立言", recorder="周若兰", speaker="彭立言", partners="社区", agreement="LJ-2023-01",
        present="周若兰 韩振东 彭立言 唐婉宁 秦书瑶", served=(40, "签到", 40), proof=(1, "sign_in_sheet"),
        summary="用真实短信案例讲识别钓鱼链接，现场帮居民检查手机设置。",
        quotes=[("居民", "我家老人上个月差点点了那个链接。", False)],
    ),
    activity(
        "2024-03-14 14:30-16:00", "lecture", "服务", "“人工智能与未来教育”讲座", place=CENTRE,
        host="韩振东", recorder="周若兰", speaker="陆思齐", partners="社区", agreement="LJ-2023-01",
        present="陆思齐 韩振东", served=(67, "签到", 67), proof=(1, "sign_in_sheet"),
        summary="面向家长介绍人工智能如何改变学习，答疑 40 分钟。",
        quotes=[("家长", "以前只担心孩子玩手机，今天知道怎么陪他一起用。", True)],
    ),
    activity(
        "2024-03-30 09:00-11:00", "salon", "服务", "信息素养第一课（沙龙第 1 期）", place=CENTRE,
        host="唐婉宁", recorder="魏清如", speaker="唐婉宁", partners="社区", agreement="LJ-2023-01",
        present="韩振东 唐婉宁 叶知秋 魏清如 秦书瑶 蒋文博", served=(45, "名单", 45), proof=(2, "sign_in_sheet"),
        summary="亲子分组完成信息查找接力，学习辨别网上消息真假。",
        quotes=[("家长", "孩子回家就教爷爷怎么查消息来源，这课上得值。", True), ("家长", "希望周末多办几次。", False)],
    ),
    activity(
        "2024-04-19 14:00-17:00", "training", "联建 服务 科技", "银行员工 AI 应用培训（第一期）", place="澄湖农商银行培训室",
        host="顾晓峰", recorder="任嘉树", speaker="陆思齐;任嘉树", partners="银行", agreement="LJ-2023-02", plan=2,
        present="顾晓峰 陆思齐 任嘉树 钟若水 方子安", served=(57, "签到", 57), proof=(4, "sign_in_sheet"),
        summary="讲授大模型基础与办公提示词，上机练习 6 题，结业 52 人。",
        quotes=[("银行员工", "写报告的提示词当天就用上了。", True)],
    ),
    activity(
        "2024-04-27 09:00-11:00", "salon", "服务", "读懂二维码（沙龙第 2 期）", place=CENTRE,
        host="叶知秋", recorder="魏清如", speaker="叶知秋", partners="社区", agreement="LJ-2023-01",
        present="唐婉宁 叶知秋 魏清如 邵启航 蒋文博", served=(31, "签到", 31), proof=(2, "sign_in_sheet"),
        summary="用黑白棋子拼二维码，理解纠错原理，说说为什么不能乱扫。",
        quotes=[("家长", "孩子用棋子拼出的二维码真的能扫出来，全家都看呆了。", True)],
    ),
    activity(
        "2024-05-18 09:00-11:00", "salon", "服务", "纸电路与传感器（沙龙第 3 期）", place=CENTRE,
        host="唐婉宁", recorder="叶知秋", speaker="蒋文博", partners="社区", agreement="LJ-2023-01",
        present="唐婉宁 叶知秋 方子安 秦书瑶 蒋文博", served=(34, "签到", 34), proof=(3, "sign_in_sheet"),
        summary="用铜箔胶带做会亮的贺卡，用光敏电阻做小夜灯。",
    ),
    activity(
        "2024-05-25 09:00-11:30", "science_outreach", "服务 育人", "科技活动周：机器人进校园", place="澄湖区青少年活动中心",
        host="陆思齐", recorder="秦书瑶", partners="科协", agreement="LJ-2024-01",
        present="陆思齐 任嘉树 钟若水 秦书瑶 魏清如 邵启航", served=(76, "证明", 76), proof=(2, "host_proof"),
        summary="带领 12 名学生志愿者展示巡线、抓取机器人，小学生上手操作。",
        quotes=[("小学教师", "大学生讲得比我们还耐心，孩子们问个不停。", True)],
    ),
    activity(
        "2024-06-05 14:30-16:30", "lecture", "服务 科技", "“大模型能做什么”专题讲座", place="澄湖区科技局报告厅",
        host="方子安", recorder="魏清如", speaker="陆思齐", partners="科技局", agreement="LJ-2024-02",
        present="陆思齐 方子安 魏清如", served=(92, "证明", 92), proof=(1, "host_proof"),
        summary="面向机关干部和企业技术人员，演示公文起草与数据分析。",
    ),
    activity(
        "2024-06-22 09:00-11:00", "salon", "服务", "家庭网络安全课（沙龙第 4 期）", place=CENTRE,
        host="彭立言", recorder="魏清如", speaker="彭立言", partners="社区", agreement="LJ-2023-01",
        present="彭立言 唐婉宁 魏清如 邵启航", served=(38, "签到", 38), proof=(2, "sign_in_sheet"),
        summary="一家人一起改弱口令、查授权、设青少年模式。",
        quotes=[("家长", "回去第一件事就是把全家的密码都改了。", True)],
    ),
    activity(
        "2024-07-12 09:00-16:30", "training", "服务 科技", "乡镇干部信息化技能培训", place="澄湖区科技局培训室",
        host="方子安", recorder="魏清如", speaker="方子安;罗海潮", partners="科技局", agreement="LJ-2024-02",
        present="方子安 罗海潮 魏清如", served=(48, "名单", 48), proof=(3, "sign_in_sheet"),
        summary="讲授表格统计、在线协同和数据安全，每人完成一份村级台账。",
    ),
    activity(
        "2024-08-17 09:00-11:30", "salon", "服务 育人", "暑期编程营结营（沙龙第 5 期）", place=CENTRE,
        host="唐婉宁", recorder="叶知秋", partners="社区", agreement="LJ-2023-01",
        present="韩振东 唐婉宁 叶知秋 秦书瑶 丁思源", served=(32, "名单", 32), proof=(2, "sign_in_sheet"),
        summary="孩子展示自己做的小游戏，学生志愿者逐个点评。",
        quotes=[("家长", "孩子一个暑假做出了自己的小游戏，第一次主动给我们讲解。", True)],
    ),
    activity(
        "2024-09-14 09:00-16:00", "science_outreach", "服务", "全国科普日：人工智能互动展", place="澄湖区科技馆",
        host="陆思齐", recorder="秦书瑶", partners="科协", agreement="LJ-2024-01",
        present="陆思齐 叶知秋 邵启航 钟若水 魏清如 丁思源 任嘉树 秦书瑶", served=(120, "估计"), proof=(2,),
        summary="设手写识别、人脸动画、语音合成三个互动展台，开放一天。",
    ),
    activity(
        "2024-09-21 09:00-11:30", "themed_party_day", "联建 服务 支部", "数字助老进社区", place=f"{CENTRE} 二楼",
        host="韩振东", recorder="周若兰", partners="社区", agreement="LJ-2023-01", observer="许竹君:社区党委",
        present="全体", leave="秦书瑶:外出授课;蒋文博:带队竞赛", served=(86, "签到", 86), proof=(3, "sign_in_sheet", "notice"),
        summary="为社区老人讲防诈骗、手机挂号和医保查询，两人一组手把手教；现场修好旧手机 9 部，登记上门需求 4 户。",
        quotes=[
            ("居民", "儿子教不会的，志愿者教会了。", True),
            ("居民", "下次请讲讲怎么跟外地的孙子视频。", True),
            ("社区工作者", "报名人数超出预期，椅子都不够坐。", False),
        ],
    ),
    activity(
        "2024-10-18 14:00-17:00", "training", "联建 服务 科技", "银行员工 AI 应用培训（第二期）", place="澄湖农商银行培训室",
        host="顾晓峰", recorder="任嘉树", speaker="陆思齐", partners="银行", agreement="LJ-2023-02", plan=5,
        present="顾晓峰 陆思齐 任嘉树 钟若水", served=(64, "签到", 64), proof=(4, "sign_in_sheet", "notice"),
        summary="讲授智能表格与客服知识库，分组完成一个业务小工具，结业 61 人。",
    ),
    activity(
        "2024-10-26 09:00-11:00", "salon", "服务", "AI 绘画与版权（沙龙第 6 期）", place=CENTRE,
        host="叶知秋", recorder="唐婉宁", speaker="钟若水", partners="社区", agreement="LJ-2023-01",
        present="叶知秋 唐婉宁 钟若水 丁思源", served=(36, "签到", 36), proof=(2, "sign_in_sheet"),
        summary="孩子描述画面、生成作品，再讨论作品是谁的、能不能拿去参赛。",
        quotes=[("家长", "没想到小学生也能把版权讲明白。", True)],
    ),
    activity(
        "2024-11-15 14:30-16:00", "lecture", "服务", "“走近量子计算”科普讲座", place="澄湖区科技馆报告厅",
        host="陆思齐", recorder="魏清如", speaker="罗海潮", partners="科协", agreement="LJ-2024-01",
        present="陆思齐 罗海潮 魏清如 丁思源", served=(120, "估计"),
        summary="从硬币和陀螺讲叠加与测量，介绍我国量子计算原型机的进展。",
    ),
    activity(
        "2024-11-23 09:00-11:30", "salon", "服务 育人", "创意编程小赛（沙龙第 7 期）", place=CENTRE,
        host="唐婉宁", recorder="叶知秋", partners="社区", agreement="LJ-2023-01",
        present="韩振东 唐婉宁 叶知秋 魏清如 蒋文博 丁思源", served=(58, "签到", 58), proof=(4, "sign_in_sheet"),
        summary="26 组家庭参赛，题目是“给社区做一件小事”，评出作品 8 件，学生党员担任评委。",
        quotes=[("家长", "输了比赛还想再来，说明真喜欢上了。", True)],
    ),
    activity(
        "2024-12-07 09:00-11:00", "salon", "服务 育人", "量子小实验：光的偏振（沙龙第 8 期）", place=CENTRE,
        host="韩振东", recorder="叶知秋", speaker="罗海潮", partners="社区", agreement="LJ-2023-01",
        present="韩振东 罗海潮 唐婉宁 叶知秋 丁思源", served=(42, "签到", 42), proof=(3, "sign_in_sheet"),
        summary="用偏振片和激光笔做三步实验，孩子动手，家长记录。",
        quotes=[("家长", "孩子动手做实验，我在旁边也听得入神。", True)],
    ),
]

TECHNOLOGY = [
    activity(
        "2024-04-12 14:00-16:30", "themed_party_day", "科技", "主题党日：走进华为根技术实训基地", place="产业学院实训基地",
        host="方子安", recorder="陆思齐", partners="华为", present="全体", leave="周若兰:外出开会;秦书瑶:外出授课",
        proof=(2, "sign_in_sheet"), summary="了解自主计算与操作系统生态，商定合编教材的分工。",
    ),
    activity(
        "2024-05-29 14:00-17:00", "academic_exchange", "科技", "根技术课程与教材研讨会", place="产业学院研讨室",
        host="方子安", recorder="唐婉宁", partners="华为", present="方子安 叶知秋 唐婉宁 韩振东 任嘉树",
        proof=(1,), summary="审定教材目录两部，确定实验环境统一使用国产化平台。",
    ),
    activity(
        "2024-07-22..2024-07-26", "training", "科技", "暑期教师认证集训（云服务、鸿蒙方向）", place="产业学院实训基地",
        host="方子安", recorder="叶知秋", partners="华为", present="叶知秋 丁思源 方子安 魏清如 蒋文博", proof=(2, "notice"),
        summary="集训 5 天，叶知秋、丁思源结业后通过 HCIP 认证。",
    ),
    activity(
        "2024-10-15..2024-10-16", "field_study", "科技", "区属中小企业数字化需求调研", place="澄湖区科技创业园",
        host="方子安", recorder="魏清如", partners="科技局", agreement="LJ-2024-02", present="方子安 彭立言 魏清如 任嘉树",
        proof=(2,), summary="走访企业 11 家，收回问卷 34 份，形成调研报告 1 篇。",
    ),
    activity(
        "2024-11-06 09:00-16:00", "company_visit", "科技", "走访华为生态企业，对接实习岗位", place="澄湖软件园",
        host="方子安", recorder="邵启航", partners="华为", present="方子安 韩振东 邵启航", proof=(1,),
        summary="走访生态伙伴企业 3 家，落实 2025 届实习岗位 18 个。",
    ),
    activity(
        "2024-12-04 14:30-16:30", "academic_exchange", "科技", "人工智能赋能课程建设校内沙龙", place="教学楼 301",
        host="陆思齐", recorder="钟若水", speaker="陆思齐;钟若水", present="陆思齐 钟若水 任嘉树 叶知秋 魏清如", proof=(1,),
        summary="分享知识图谱课程与智能助教的使用数据，讨论评价方式。",
    ),
]

PRACTICE = [
    activity(
        "2024-05-17 15:00-16:30", "party_lecture", "育人", "专题党课：科技报国与青年担当", place="学术报告厅",
        host="周若兰", recorder="陆思齐", speaker="沈明远", present="全体", leave="罗海潮:因病请假",
        summary="支部书记为学生党员和入党积极分子讲党课，学生 120 余座的报告厅坐满。", proof=(2,),
    ),
    activity(
        "2024-06-01..2024-06-02", "contest_coaching", "育人", "网络技术挑战赛赛前集训", place="实训楼 402",
        host="韩振东", recorder="邵启航", present="韩振东 邵启航 彭立言 蒋文博", proof=(1,),
        summary="8 支队伍两天模拟赛，逐队复盘配置错误。",
    ),
    activity(
        "2024-10-25 14:00-17:00", "themed_party_day", "育人", "主题党日：与学生党员同走红色路线", place="澄湖滨江步道",
        host="韩振东", recorder="周若兰", present="全体", leave="彭立言:出差", proof=(3,),
        summary="与学生党员结对走访四处旧址，每组完成一段讲解视频。",
    ),
]

NOT_HELD = [
    activity(
        "2024-11-09 09:00-11:30", "volunteering", "服务", "秋季旧手机回收志愿服务", place="望江社区广场",
        partners="社区", agreement="LJ-2023-01", host="韩振东", status="cancelled", summary="因大雨取消，并入 2025 年春季活动。",
    ),
    activity(
        "2024-12-20 14:30-16:00", "themed_party_day", "支部", "主题党日：年终集中学习", place=HOME, host="韩振东",
        status="planned", summary="与期末考试冲突，未能举办。",
    ),
]

ACTIVITIES = [*BRANCH_LIFE, *JOINT, *OUTREACH, *TECHNOLOGY, *PRACTICE, *NOT_HELD]

# 指标: 目标值. Three are not reached.
TARGETS = {
    "outcomes.patent:invention": 2,
    "partnerships.agreements_signed": 3,
    "branch_life.themed_party_day": 12,
    "outcomes.paper": 8,
    "outcomes.software_copyright": 4,
    "outreach.person_times": 1000,
    "outcomes.competition_award:national": 25,
    "certifications.ratio:HCIP": "0.9",
}
