"""A lighter year before: enough for year-on-year figures, and the change of secretary."""

# Rows of a table, laid out to be read as such.
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from exchange.demo.rows import activity, awards, outcome

OFFICE, HOME, CENTRE = "实训楼 318 会议室", "党员之家", "望江社区党群服务中心"
OLD_COMMITTEE = "贺长青 沈明远 周若兰 彭立言 顾晓峰"

ACTIVITIES = [
    activity(
        "2023-02-24 14:30-16:00", "members_meeting", "支部", "支部党员大会：2022 年工作报告", place=HOME, host="贺长青",
        recorder="周若兰", present="全体", leave="秦书瑶:外出授课", resolution="通过 2022 年工作报告。", votes=(15, 0, 0), proof=(1,),
    ),
    activity(
        "2023-06-30 14:30-16:00", "members_meeting", "支部", "支部党员大会：支委会换届选举", place=HOME, host="贺长青",
        recorder="周若兰", present="全体", leave="罗海潮:因病请假", observer="温静仪:学院党委组织员",
        agenda="一、上届支委会工作报告\n二、选举新一届支委会",
        resolution="选举沈明远、周若兰、韩振东、陆思齐、顾晓峰为支委会委员，支委会第一次会议选举沈明远为书记。",
        proof=(2, "sign_in_sheet"),
    ),
    activity(
        "2023-09-22 14:30-15:40", "members_meeting", "支部", "支部党员大会：通报主题教育安排", place=HOME, host="沈明远",
        recorder="周若兰", present="全体", resolution="通过学习计划。", votes=(16, 0, 0),
    ),
    activity(
        "2023-12-15 14:30-15:40", "members_meeting", "支部", "支部党员大会：讨论年度总结", place=HOME, host="沈明远",
        recorder="周若兰", present="全体", leave="彭立言:出差", resolution="同意年度总结。", votes=(15, 0, 0),
    ),
    *(
        activity(
            f"2023-{day} 14:30-15:40", "committee_meeting", "支部", f"支部委员会会议（第{number}次）", place=OFFICE,
            host="贺长青", recorder="周若兰", present=OLD_COMMITTEE, agenda=agenda, resolution="同意。", votes=(5, 0, 0),
        )
        for number, day, agenda in (
            (1, "01-06", "与望江社区党委的联建协议文本"),
            (2, "02-17", "年度工作计划"),
            (3, "03-17", "主题教育准备"),
            (4, "05-12", "换届工作方案"),
            (5, "06-16", "换届候选人预备人选"),
        )
    ),
    *(
        activity(
            f"2023-{day} 14:30-15:40", "committee_meeting", "支部", f"支部委员会会议（第{number}次）", place=OFFICE,
            host="沈明远", recorder="周若兰", present="支委", agenda=agenda, resolution="同意。", votes=(5, 0, 0),
        )
        for number, day, agenda in (
            (6, "07-05", "支委分工"),
            (7, "09-08", "新学期工作安排"),
            (8, "10-13", "与农商银行科技部党支部联建事宜"),
            (9, "11-03", "审议联建协议文本"),
            (10, "12-08", "年终工作安排"),
        )
    ),
    *(
        activity(
            f"2023-{day} 14:30-16:00", "themed_party_day", "支部", f"主题党日：{theme}", place=HOME, host="周若兰",
            recorder="彭立言" if day < "07" else "陆思齐", present="全体",
        )
        for day, theme in (
            ("02-27", "学习党的二十大报告专题"),
            ("03-24", "师德师风案例讨论"),
            ("04-21", "参观校史馆"),
            ("05-26", "读书分享会"),
            ("07-03", "重温入党誓词"),
            ("09-28", "观看《榜样》专题片"),
            ("11-24", "主题教育交流"),
        )
    ),
    activity(
        "2023-03-03 15:00-16:20", "party_lecture", "支部", "专题党课：学习宣传贯彻党的二十大精神", place=HOME, host="贺长青",
        recorder="周若兰", speaker="贺长青", present="全体",
    ),
    activity(
        "2023-09-15 15:00-16:20", "party_lecture", "支部", "专题党课：主题教育第一课", place=HOME, host="周若兰",
        recorder="陆思齐", speaker="沈明远", present="全体", proof=(1,),
    ),
    activity(
        "2023-12-22 14:00-16:30", "organisational_life_meeting", "支部", "2023 年度组织生活会", place=HOME, host="沈明远",
        recorder="周若兰", present="全体", resolution="形成整改清单 6 条。", proof=(1,),
    ),
    activity(
        "2023-12-22 16:40-17:30", "member_appraisal", "支部", "2023 年度民主评议党员", place=HOME, host="沈明远",
        recorder="周若兰", present="全体", resolution="评定优秀 4 名，其余均为合格。",
    ),
    activity(
        "2023-03-05 09:00-11:00", "volunteering", "服务", "志愿服务：数字助老集市", place="望江社区广场", host="韩振东",
        partners="社区", agreement="LJ-2023-01", plan=1, present="韩振东 唐婉宁 叶知秋 蒋文博", served=(52, "估计"), proof=(2,),
        summary="设手机义诊、照片打印、挂号教学三个摊位。",
    ),
    activity(
        "2023-04-22 09:00-11:00", "salon", "服务", "密码与生活（沙龙）", place=CENTRE, host="唐婉宁", partners="社区",
        agreement="LJ-2023-01", present="唐婉宁 彭立言 魏清如", served=(28, "签到", 28), proof=(1, "sign_in_sheet"),
    ),
    activity(
        "2023-05-27 09:00-11:30", "science_outreach", "服务", "科技活动周：少年编程体验", place="澄湖区科技馆", host="陆思齐",
        partners="科协", present="陆思齐 叶知秋 秦书瑶", served=(85, "证明", 85), proof=(2, "host_proof"),
    ),
    activity(
        "2023-07-14 09:00-16:00", "training", "服务 育人", "暑期编程营", place="望江社区活动室", host="唐婉宁", partners="社区",
        agreement="LJ-2023-01", plan=2, present="唐婉宁 叶知秋 魏清如", served=(24, "名单", 24), proof=(2, "sign_in_sheet"),
    ),
    activity(
        "2023-09-17 09:00-16:00", "science_outreach", "服务", "全国科普日：走近芯片", place="澄湖区科技馆", host="陆思齐",
        partners="科协", present="陆思齐 罗海潮 任嘉树", served=(150, "估计"),
    ),
    activity(
        "2023-10-21 09:00-11:00", "salon", "服务", "照片里的信息（沙龙）", place=CENTRE, host="叶知秋", partners="社区",
        agreement="LJ-2023-01", present="叶知秋 唐婉宁 秦书瑶", served=(31, "签到", 31), proof=(1, "sign_in_sheet"),
        quotes=[("家长", "原来一张照片会泄露这么多信息。", True)],
    ),
    activity(
        "2023-11-08 10:00-11:00", "joint_event", "联建", "与澄湖农商银行科技部党支部签订联建协议", place="澄湖农商银行会议室",
        host="沈明远", recorder="周若兰", partners="银行", agreement="LJ-2023-02", present="支委", proof=(2, "agreement"),
    ),
    activity(
        "2023-10-27 14:00-16:00", "academic_exchange", "科技", "根技术师资研修总结会", place="产业学院研讨室", host="方子安",
        partners="华为", present="方子安 叶知秋 任嘉树 魏清如", proof=(1,),
    ),
]

OUTCOMES = [
    *(
        outcome("paper", date, name, people, venue=venue, indexing=indexing, proof=["cover"] if proof else [])
        for date, name, people, venue, indexing, proof in (
            ("2023-02-20", "云原生实训平台的弹性调度策略", "方子安(通讯) 魏清如", "《计算机应用实践》", "普刊", True),
            ("2023-04-15", "面向课堂行为的轻量目标检测", "任嘉树(通讯) 陆思齐", "《智能制造学报》", "CSCD", True),
            ("2023-05-30", "网络攻防课程的靶场设计", "彭立言(通讯) 蒋文博", "《实验实训管理》", "普刊", False),
            ("2023-06-18", "Knowledge Tracing with Sparse Records", "陆思齐(通讯)", "Journal of Edge Networks", "EI", True),
            ("2023-08-25", "老年人信息素养现状调查", "叶知秋 唐婉宁(通讯)", "《终身学习研究》", "普刊", True),
            ("2023-09-28", "高职网络专业模块化课程改革", "韩振东(通讯)", "《职业技术教学》", "普刊", True),
            ("2023-10", "存储系统故障预测综述", "罗海潮(通讯) 顾晓峰", "《网络空间工程》", "CSCD", True),
            ("2023-12-05", "多模态课程资源检索方法", "钟若水(通讯)", "《网络与计算教育》", "普刊", True),
        )
    ),
    outcome("party_paper", "2023-06-10", "教师党支部组织生活质量提升研究", "贺长青 沈明远", venue="《基层党建研讨》", proof=["cover"]),
    outcome("party_paper", "2023-11-12", "专业教师党员联系社区机制初探", "周若兰", venue="《高校党建研究与实践》", proof=["cover"]),
    outcome(
        "patent:utility_model", "2023-09-05", "一种便携式组网实训箱", "韩振东 蒋文博", number="ZL202320184417",
        venue="国家知识产权局", status="granted", proof=["certificate"],
    ),
    outcome("software_copyright", "2023-03-30", "实训室预约管理软件", "魏清如", number="2023SR0401122", proof=["certificate"]),
    outcome("software_copyright", "2023-07-11", "网络拓扑自动评分软件", "韩振东 邵启航", number="2023SR0793460", proof=["certificate"]),
    outcome("software_copyright", "2023-11-20", "手机助学小课堂软件", "唐婉宁 叶知秋", number="2023SR1480915", proof=["certificate"]),
    outcome(
        "vertical_project", "2023-05-08", "面向实训场景的知识追踪方法", "陆思齐(主持) 钟若水(参与)", level="省", number="KJ2023-0205",
        venue="省科学技术厅", status="completed", role="主持", contract="60000", proof=["notice"],
    ),
    outcome(
        "vertical_project", "2023-07-18", "社区老年人数字素养提升路径", "唐婉宁(主持)", level="市", number="SK2023-041",
        venue="市社会科学界联合会", status="completed", role="主持", contract="15000", proof=["notice"],
    ),
    outcome(
        "vertical_project", "2023-09-25", "区域工业互联网安全态势研究", "彭立言(参与)", level="市", number="RK2023-018",
        venue="市科学技术局", status="completed", role="参与", contract="10000",
    ),
    outcome(
        "teaching_reform_project", "2023-05-22", "信息安全课程“攻防一体”教学改革", "彭立言(主持)", level="省", number="JG2023-097",
        venue="省教育厅", status="ongoing", role="主持", contract="20000", proof=["notice"],
    ),
    outcome(
        "teaching_reform_project", "2023-06-16", "程序设计课程分层教学", "秦书瑶(主持) 罗海潮(参与)", level="校", number="XJ2023-15",
        venue="学校教务处", status="completed", role="主持",
    ),
    outcome(
        "horizontal_project", "2023-10-18", "企业内网改造技术服务", "韩振东(主持)", number="HX2023-11", venue="澄湖物流园管理处",
        status="completed", contract="38000", received="38000", proof=["agreement"],
    ),
    outcome(
        "book", "2023-08-01", "网络安全技术基础", "彭立言(主编) 蒋文博(参编)", subtype="textbook", venue="信创教育出版社", proof=["cover"],
    ),
    outcome("honour", "2023-06-28", "学院先进党支部", "", level="院", venue="学院党委", status="awarded", proof=["certificate"]),
    *awards(
        "国", "2023-06-25", "全国大学生网络技术挑战赛", "全国大学生网络技术挑战赛组委会",
        ("企业网络一队", "二等奖", "潘奕 左舟", "韩振东"),
        ("企业网络二队", "三等奖", "车帆 祝融雪", "邵启航"),
        ("网络规划一队", "三等奖", "单云 解语", "蒋文博"),
        ("无线网络一队", "优秀奖", "区嘉 缪言", "邵启航"),
    ),
    *awards(
        "国", "2023-08-20", "全国大学生云计算应用大赛", "全国大学生云计算应用大赛组委会",
        ("云平台搭建一队", "二等奖", "曾可 翟宁", "方子安"),
        ("容器编排一队", "三等奖", "仇远 尉迟青", "魏清如"),
        ("大数据分析一队", "三等奖", "盖宁 乐知", "任嘉树"),
        ("大数据分析二队", "优秀奖", "查文 佟雨", "任嘉树"),
    ),
    *awards(
        "省", "2023-05-14", "省大学生网络技术竞赛", "省教育厅",
        ("企业网络一队", "一等奖", "潘奕 左舟", "韩振东"),
        ("企业网络二队", "二等奖", "车帆 祝融雪", "邵启航"),
        ("网络规划一队", "三等奖", "单云 解语", "蒋文博"),
    ),
    *awards(
        "省", "2023-10-29", "省大学生信息安全竞赛", "省教育厅",
        ("攻防对抗一队", "二等奖", "路知遥 谭啸", "彭立言"),
        ("安全运维一队", "三等奖", "葛天", "蒋文博"),
        ("安全运维二队", "三等奖", "牧野", "蒋文博"),
    ),
    *awards(
        "校", "2023-04-16", "学校程序设计赛", "学校教务处",
        ("算法一队", "一等奖", "曾可", "罗海潮"),
        ("算法二队", "二等奖", "翟宁", "钟若水"),
        ("算法三队", "三等奖", "仇远", "罗海潮"),
    ),
    *awards(
        "校", "2023-11-12", "学校网络技术技能赛", "学校教务处",
        ("组网一队", "一等奖", "金岳", "韩振东"),
        ("组网二队", "二等奖", "柳扬", "邵启航"),
        ("组网三队", "三等奖", "沙舟", "邵启航"),
        ("布线一队", "三等奖", "于海", "蒋文博"),
    ),
]

TARGETS = {"outcomes.paper": 8, "outreach.person_times": 300, "branch_life.themed_party_day": 12}
