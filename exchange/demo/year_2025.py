"""A lighter year after: plan rows still open, a certificate returned, results not all in."""

# Rows of a table, laid out to be read as such.
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from exchange.demo.rows import activity, awards, outcome

OFFICE, HOME, CENTRE = "实训楼 318 会议室", "党员之家", "望江社区党群服务中心"

ACTIVITIES = [
    activity(
        "2025-03-14 14:30-16:00", "members_meeting", "支部", "支部党员大会：2024 年工作报告与 2025 年计划", place=HOME,
        host="沈明远", recorder="周若兰", present="全体", leave="任嘉树:外出授课", proof=(1, "sign_in_sheet"),
        agenda="一、听取 2024 年工作报告\n二、审议 2025 年目标", resolution="通过报告和目标。", votes=(15, 0, 0),
    ),
    activity(
        "2025-05-23 14:30-15:20", "members_meeting", "支部", "支部党员大会：讨论丁思源按期转正", place=HOME, host="沈明远",
        recorder="周若兰", present="全体", observer="温静仪:学院党委组织员", resolution="同意丁思源按期转为正式党员，报上级党委审批。",
        votes=(16, 0, 0), proof=(1, "sign_in_sheet"),
    ),
    activity(
        "2025-09-19 14:30-15:30", "members_meeting", "支部", "支部党员大会：专项行动中期自查", place=HOME, host="沈明远",
        recorder="周若兰", present="全体", leave="钟若水:参加学术会议", resolution="通过自查报告。", votes=(16, 0, 0),
    ),
    activity(
        "2025-12-05 14:30-15:30", "members_meeting", "支部", "支部党员大会：通报年度目标进展", place=HOME, host="沈明远",
        recorder="韩振东", present="全体", resolution="同意目标进展通报。", votes=(17, 0, 0),
    ),
    *(
        activity(
            f"2025-{day} 14:30-15:40", "committee_meeting", "支部", f"支部委员会会议（第{number}次）", place=OFFICE,
            host="沈明远", recorder="周若兰", present="支委", agenda=agenda, resolution="同意。", votes=(5, 0, 0),
        )
        for number, day, agenda in (
            (1, "01-10", "与望江社区党委续签协议"),
            (2, "02-21", "年度工作要点"),
            (3, "03-07", "党员大会议程"),
            (4, "04-11", "数字助老主题党日方案"),
            (5, "05-16", "丁思源转正材料"),
            (6, "06-13", "上半年计划检查"),
            (7, "07-04", "暑期活动安排"),
            (8, "09-05", "中期自查分工"),
            (9, "10-17", "认证到期提醒"),
            (10, "11-07", "农商银行联建协议到期后的打算"),
            (11, "12-12", "组织生活会方案"),
        )
    ),
    *(
        activity(
            f"2025-{day} 14:30-16:00", "themed_party_day", "支部", f"主题党日：{theme}", place=HOME, host="韩振东",
            recorder="陆思齐", present="全体",
        )
        for day, theme in (
            ("01-17", "回望 2024，谈教书育人"),
            ("02-28", "开学第一课备课会"),
            ("03-28", "学习全国两会精神"),
            ("05-30", "深入贯彻中央八项规定精神学习教育交流"),
            ("06-27", "党员读书分享"),
            ("07-01", "重温入党誓词"),
            ("09-26", "师德师风专题"),
            ("10-24", "纪念抗战胜利八十周年专题学习"),
            ("11-28", "学习全会精神"),
            ("12-24", "盘点一年，谈来年打算"),
        )
    ),
    activity(
        "2025-01-09 15:00-16:20", "party_lecture", "联建", "联合党课：金融安全与数据合规", place=HOME, host="沈明远",
        speaker="秦叔平", partners="银行", agreement="LJ-2023-02", plan=7, present="全体", leave="罗海潮:因病请假", proof=(1,),
        summary="原定 2024 年 12 月 26 日，因银行年终决算推迟。",
    ),
    activity(
        "2025-06-06 15:00-16:10", "party_lecture", "支部", "专题党课：人工智能时代的教师责任", place=HOME, host="周若兰",
        speaker="陆思齐", present="全体", proof=(1,),
    ),
    activity(
        "2025-09-12 15:00-16:10", "party_lecture", "支部", "专题党课：教育强国与职业教育", place=HOME, host="周若兰",
        speaker="沈明远", present="全体",
    ),
    activity(
        "2025-12-03 15:00-16:10", "party_lecture", "支部", "专题党课：把全会精神落到课堂", place=HOME, host="周若兰",
        speaker="沈明远", present="全体", leave="邵启航:出差",
    ),
    activity(
        "2025-12-10 14:00-16:30", "heart_to_heart_talk", "支部", "组织生活会会前谈心谈话", place=OFFICE, host="沈明远",
        recorder="周若兰", present="全体", summary="支委与每名党员谈心，收到意见建议 17 条。",
    ),
    activity(
        "2025-12-19 14:00-16:30", "organisational_life_meeting", "支部", "2025 年度组织生活会", place=HOME, host="沈明远",
        recorder="周若兰", present="全体", resolution="形成整改清单 5 条。", proof=(1,),
    ),
    activity(
        "2025-12-19 16:40-17:30", "member_appraisal", "支部", "2025 年度民主评议党员", place=HOME, host="沈明远",
        recorder="周若兰", present="全体", resolution="评定优秀 5 名，其余均为合格。",
    ),
    activity(
        "2025-01-14 10:00-11:00", "joint_event", "联建", "与望江社区党委续签联建协议", place=CENTRE, host="沈明远",
        partners="社区", agreement="LJ-2025-01", present="支委", proof=(1, "agreement"),
    ),
    activity(
        "2025-04-19 09:00-11:30", "themed_party_day", "联建 服务 支部", "主题党日：数字助老再进社区", place=CENTRE, host="韩振东",
        recorder="周若兰", partners="社区", agreement="LJ-2025-01", plan=1, present="全体", leave="彭立言:出差",
        served=(73, "签到", 73), proof=(3, "sign_in_sheet"), quotes=[("居民", "学会了和外孙视频，一天打三回。", True)],
    ),
    activity(
        "2025-05-14 14:30-16:30", "joint_event", "联建 科技", "量化模型联合攻关座谈", place="创新孵化中心", host="顾晓峰",
        partners="银行", agreement="LJ-2023-02", plan=9, present="顾晓峰 任嘉树 陆思齐", proof=(1,),
    ),
    activity(
        "2025-03-22 09:00-11:00", "salon", "服务 育人", "和大模型一起写故事（沙龙第 9 期）", place=CENTRE, host="唐婉宁",
        partners="社区", agreement="LJ-2025-01", present="唐婉宁 叶知秋 丁思源", served=(44, "签到", 44), proof=(2, "sign_in_sheet"),
    ),
    activity(
        "2025-05-24 09:00-16:00", "science_outreach", "服务", "科技活动周：量子与芯片", place="澄湖区科技馆", host="陆思齐",
        partners="科协", agreement="LJ-2024-01", present="陆思齐 罗海潮 魏清如", served=(180, "估计"), proof=(2,),
    ),
    activity(
        "2025-06-18 14:00-17:00", "training", "服务 科技", "中小企业数据安全培训", place="澄湖区科技局培训室", host="方子安",
        speaker="彭立言", partners="科技局", agreement="LJ-2024-02", present="方子安 彭立言", served=(56, "名单", 56),
        proof=(1, "sign_in_sheet"),
    ),
    activity(
        "2025-10-18 09:00-11:00", "salon", "服务", "识别 AI 换脸（沙龙第 10 期）", place=CENTRE, host="叶知秋", partners="社区",
        agreement="LJ-2025-01", present="叶知秋 钟若水 白映川", served=(39, "签到", 39), proof=(1, "sign_in_sheet"),
        quotes=[("家长", "现在接到视频电话会多问一句。", True), ("家长", "希望发一份提纲。", False)],
    ),
    activity(
        "2025-11-15 14:30-16:00", "lecture", "服务", "“身边的量子科技”讲座", place="澄湖区科技馆报告厅", host="陆思齐",
        speaker="罗海潮", partners="科协", agreement="LJ-2024-01", present="陆思齐 罗海潮", served=(95, "证明", 95),
    ),
    activity(
        "2025-11-05 09:00-16:00", "company_visit", "科技", "走访华为生态企业", place="澄湖软件园", host="方子安", partners="华为",
        present="方子安 邵启航 白映川", proof=(1,),
    ),
]

OUTCOMES = [
    *(
        outcome("paper", date, name, people, venue=venue, indexing=indexing, proof=["cover"] if proof else [])
        for date, name, people, venue, indexing, proof in (
            ("2025-02-18", "实训场景中的多智能体辅导框架", "陆思齐(通讯) 钟若水", "《网络与计算教育》", "北大核心", True),
            ("2025-03-20", "银行网点客流的时空预测", "任嘉树(通讯) 顾晓峰", "《智能制造学报》", "CSCD", True),
            ("2025-05-15", "国产云平台课程资源建设", "方子安(通讯) 魏清如", "《职业技术教学》", "普刊", True),
            ("2025-07-10", "Robust Intrusion Detection at the Edge", "彭立言(通讯) 陆思齐", "Journal of Edge Networks", "EI", True),
            ("2025-09", "社区信息素养课程的效果评估", "唐婉宁(通讯) 叶知秋", "《终身学习研究》", "普刊", False),
            ("2025-11-20", "鸿蒙应用课程的项目化设计", "丁思源 叶知秋(通讯)", "《实验实训管理》", "普刊", True),
        )
    ),
    outcome("party_paper", "2025-06-12", "四条任务线统筹推进的支部实践", "沈明远 周若兰", venue="《高校党建研究与实践》", proof=["cover"]),
    outcome("party_paper", "2025-10-16", "青年教师党员培养的三个环节", "韩振东", venue="《基层党建研讨》", proof=["cover"]),
    outcome(
        "patent:invention", "2025-04-11", "一种基于知识图谱的课程推荐方法", "陆思齐 钟若水", number="ZL202210457136",
        venue="国家知识产权局", status="granted", details={"申请日": "2022-04-28"}, proof=["certificate"],
    ),
    outcome(
        "software_copyright", "2025-03-27", "社区课堂签到统计软件", "唐婉宁 丁思源", number="2025SR0520761", proof=["certificate"],
    ),
    outcome(
        "software_copyright", "2025-09-09", "网络实训自动评阅软件", "韩振东 邵启航", number="2025SR1688204", proof=["certificate"],
    ),
    outcome(
        "vertical_project", "2025-05-20", "可信多智能体教学辅助关键技术", "陆思齐(主持) 任嘉树(参与)", level="省", number="KJ2025-0166",
        venue="省科学技术厅", status="ongoing", role="主持", contract="120000", proof=["notice"],
    ),
    outcome(
        "vertical_project", "2025-07-22", "县域数据要素流通对策研究", "沈明远(主持)", level="市", number="SK2025-038",
        venue="市社会科学界联合会", status="ongoing", role="主持", contract="20000", proof=["notice"],
    ),
    outcome(
        "teaching_reform_project", "2025-06-20", "智能助教支持的混合式教学", "钟若水(主持)", level="校", number="XJ2025-19",
        venue="学校教务处", status="ongoing", role="主持",
    ),
    outcome(
        "horizontal_project", "2025-08-28", "园区网络安全托管服务", "彭立言(主持)", number="HX2025-09", venue="澄湖软件园运营公司",
        status="ongoing", contract="96000", received="48000", proof=["agreement"],
    ),
    outcome(
        "book", "2025-08-01", "数据存储与容灾", "罗海潮(主编) 顾晓峰(参编)", subtype="textbook", venue="信创教育出版社",
        details={"丛书": "华为根技术系列"}, proof=["cover"],
    ),
    outcome("honour", "2025-12-10", "省级样板党支部", "", level="省", venue="省委教育工委", status="passed", proof=["certificate"]),
    outcome(
        "advisory_report", "2025-11-25", "乡镇干部数字技能培训效果评估", "方子安 魏清如", level="市", venue="澄湖区科学技术局",
        details={"报送对象": "澄湖区科学技术局"}, proof=["other"],
    ),
    *awards(
        "国", "2025-06-22", "全国大学生网络技术挑战赛", "全国大学生网络技术挑战赛组委会",
        ("企业网络一队", "一等奖", "于海 甘露", "韩振东"),
        ("企业网络二队", "二等奖", "乔木 戚薇", "邵启航"),
        ("无线网络一队", "三等奖", "辛夷 邱实", "蒋文博"),
    ),
    *awards(
        "国", "2025-08-24", "全国大学生人工智能创意赛", "全国大学生人工智能创意赛组委会",
        ("智能视觉一队", "二等奖", "宁致远 温绪", "任嘉树"),
        ("语言模型应用一队", "二等奖", "符禾 史锦", "陆思齐"),
        ("语言模型应用二队", "三等奖", "杭一苇 鲁直", "钟若水"),
    ),
    *awards(
        "省", "2025-05-18", "省大学生信息安全竞赛", "省教育厅",
        ("攻防对抗一队", "一等奖", "崔巍 齐晗", "彭立言"),
        ("安全运维一队", "二等奖", "葛天 牧野", "蒋文博"),
        ("安全运维二队", "三等奖", "冉然 蓝昕", "蒋文博"),
    ),
    *awards(
        "校", "2025-11-09", "学校鸿蒙应用开发赛", "学校团委",
        ("应用开发一队", "一等奖", "向蓓", "叶知秋 丁思源"),
        ("应用开发二队", "二等奖", "凌霄", "丁思源"),
    ),
]

TARGETS = {"outcomes.paper": 8, "outreach.person_times": 600, "partnerships.agreements_signed": 2}
