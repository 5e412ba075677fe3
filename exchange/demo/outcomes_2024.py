"""The results of the reference year. Titles, journals, contests and students are invented."""

# Rows of a table, laid out to be read as such.
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from exchange.demo.rows import awards, outcome

PAPERS = [
    outcome(
        "paper", "2024-01-25", "基于知识图谱的网络课程学习路径推荐", "陆思齐 王砚秋 钟若水(通讯)",
        venue="《网络与计算教育》", indexing="普刊", doi="10.00000/demo.2024.0101",
        details={"期": "1", "卷": "12", "页码": "34-39"}, proof=["cover", "contents"],
    ),
    outcome(
        "paper", "2024-03-15", "面向实训室的容器化云平台设计", "方子安(通讯) 魏清如", venue="《计算机应用实践》", indexing="普刊",
        doi="10.00000/demo.2024.0102", details={"期": "3", "卷": "28", "页码": "71-76"}, proof=["cover", "contents"],
    ),
    outcome(
        "paper", "2024-04-20", "小样本条件下工业零件缺陷检测方法", "任嘉树(通讯) 陆思齐", venue="《智能制造学报》",
        indexing="CSCD", doi="10.00000/demo.2024.0103", details={"期": "4", "卷": "9", "页码": "402-411"},
        proof=["cover", "contents", "indexing_proof"],
    ),
    outcome(
        "paper", "2024-05-10", "Edge Traffic Classification with Compact Attention Networks", "钟若水 任嘉树(通讯)",
        venue="Journal of Edge Networks", indexing="EI", doi="10.00000/demo.2024.0104",
        details={"期": "2", "卷": "17", "页码": "115-128"}, proof=["contents", "indexing_proof"],
    ),
    outcome(
        "paper", "2024-06-30", "高职云计算专业“岗课赛证”融合路径", "方子安(通讯) 韩振东", venue="《职业技术教学》", indexing="普刊",
        details={"期": "6", "卷": "31", "页码": "58-62"}, proof=["cover", "contents"],
    ),
    outcome(
        "paper", "2024-08-15", "隐私保护的社区健康数据共享方案", "彭立言(通讯) 罗海潮", venue="《信息安全技术学刊》",
        indexing="北大核心", doi="10.00000/demo.2024.0106", details={"期": "8", "卷": "20", "页码": "88-97"},
        proof=["cover", "contents", "indexing_proof"],
    ),
    outcome(
        "paper", "2024-09-20", "面向社区的信息素养课程设计", "叶知秋(通讯) 唐婉宁", venue="《终身学习研究》", indexing="普刊",
        details={"期": "9", "卷": "6", "页码": "45-50"}, proof=["cover", "contents"],
    ),
    outcome(
        "paper", "2024-10-08", "Federated Prompt Tuning for Campus Assistants", "陆思齐(通讯) 任嘉树",
        venue="Proc. Workshop on Applied Language Models", indexing="EI", doi="10.00000/demo.2024.0108",
        details={"页码": "211-219"}, proof=["contents", "indexing_proof"],
    ),
    outcome(
        "paper", "2024-11", "国产操作系统实训项目的组织与评价", "蒋文博 邵启航(通讯)", venue="《实验实训管理》", indexing="普刊",
        details={"期": "11", "卷": "15", "页码": "120-124"}, proof=["cover"],
    ),
    outcome(
        "paper", "2024-12-10", "面向边缘网络的轻量入侵检测方法", "彭立言(通讯) 陆思齐", venue="《网络空间工程》",
        indexing="CSCD", doi="10.00000/demo.2024.0110", details={"期": "6", "卷": "5", "页码": "301-312"},
    ),
    outcome(
        "paper", "", "基于大模型的实训报告自动评阅", "钟若水(通讯) 陆思齐", venue="《计算机应用实践》", status="accepted",
        note="已收到录用通知，见刊日期待定。", proof=["other"],
    ),
    outcome(
        "party_paper", "2024-04-05", "高校教师党支部“双带头人”作用发挥的实践路径", "沈明远", venue="《高校党建研究与实践》",
        details={"期": "2", "页码": "22-26"}, proof=["cover", "contents"],
    ),
    outcome(
        "party_paper", "2024-07-15", "校银党支部联建促进产教融合的探索", "周若兰 顾晓峰", venue="《基层党建研讨》",
        details={"期": "7", "页码": "51-54"}, proof=["cover", "contents"],
    ),
    outcome(
        "party_paper", "2024-11-20", "数字助老志愿服务中的支部组织力", "韩振东 唐婉宁", venue="《高校党建研究与实践》",
        details={"期": "6", "页码": "67-70"}, proof=["cover"],
    ),
]

# 号码 holds the first twelve digits; the check digit is worked out when loading.
PATENTS_AND_SOFTWARE = [
    outcome(
        "patent:invention", "2024-08-06", "一种面向边缘节点的异常流量检测方法", "彭立言 陆思齐 蒋文博", number="ZL202210031748",
        venue="国家知识产权局", status="granted", details={"申请日": "2022-01-12"}, proof=["certificate"],
    ),
    outcome(
        "patent:utility_model", "2024-03-22", "一种可折叠的网络实训机柜", "韩振东 邵启航", number="ZL202321604512",
        venue="国家知识产权局", status="granted", details={"申请日": "2023-06-25"}, proof=["certificate"],
    ),
    outcome(
        "patent:utility_model", "2024-10-15", "一种传感器教学演示装置", "唐婉宁 叶知秋 蒋文博", number="ZL202420117093",
        venue="国家知识产权局", status="granted", details={"申请日": "2024-01-17"}, proof=["certificate"],
    ),
    outcome(
        "patent:invention", "2024-05-17", "一种基于知识图谱的学习路径推荐方法", "陆思齐 钟若水", number="CN202410615240",
        status="filed", proof=["other"],
    ),
    outcome(
        "patent:invention", "2024-07-30", "一种银行网点客流预测方法及系统", "任嘉树 顾晓峰", number="CN202411032875",
        status="filed", proof=["other"],
    ),
    outcome(
        "patent:invention", "2024-09-24", "一种实训日志的隐私脱敏方法", "彭立言", number="CN202411338016", status="filed",
        proof=["other"],
    ),
    outcome(
        "software_copyright", "2024-02-29", "支部联建计划管理软件", "沈明远 方子安", number="2024SR0310274", venue="中国版权保护中心",
        details={"版本号": "V1.0", "开发完成日": "2023-11-30"}, proof=["certificate"],
    ),
    outcome(
        "software_copyright", "2024-05-21", "云平台实训环境一键部署软件", "方子安 魏清如", number="2024SR0698153",
        venue="中国版权保护中心", details={"版本号": "V2.0", "开发完成日": "2024-03-08"}, proof=["certificate"],
    ),
    outcome(
        "software_copyright", "2024-08-27", "银行网点客流预测演示系统", "任嘉树 顾晓峰", number="2024SR1240086",
        venue="中国版权保护中心", details={"版本号": "V1.0", "开发完成日": "2024-07-05"}, proof=["certificate"],
    ),
    outcome(
        "software_copyright", "2024-11-06", "社区网格助手", "方子安 叶知秋 唐婉宁", number="2024SR1706329",
        venue="中国版权保护中心", details={"版本号": "V1.0", "开发完成日": "2024-09-18"}, proof=["certificate"],
    ),
]

PROJECTS = [
    outcome(
        "vertical_project", "2024-03-28", "边缘智能网络安全检测关键技术研究", "彭立言(主持) 陆思齐(参与) 蒋文博(参与)", level="省",
        number="KJ2024-0117", venue="省科学技术厅", status="ongoing", role="主持", contract="100000",
        details={"来源": "省自然科学基金", "起止时间": "2024-04—2026-12"}, proof=["notice"],
    ),
    outcome(
        "vertical_project", "2024-05-16", "国产云平台在职业教育中的应用研究", "方子安(主持) 魏清如(参与)", level="省",
        number="JY2024-2046", venue="省教育厅", status="ongoing", role="主持", contract="50000",
        details={"来源": "省教育厅科技计划", "起止时间": "2024-06—2026-05"}, proof=["notice"],
    ),
    outcome(
        "vertical_project", "2024-06-20", "工业视觉小样本学习方法研究", "任嘉树(参与)", level="省", number="KJ2024-0388",
        venue="省科学技术厅", status="ongoing", role="参与", contract="30000",
        details={"来源": "省重点研发计划子课题", "起止时间": "2024-07—2026-06"}, proof=["notice"],
    ),
    outcome(
        "vertical_project", "2024-07-10", "城市社区数字化治理现状与对策", "沈明远(主持) 叶知秋(参与)", level="市",
        number="SK2024-056", venue="市社会科学界联合会", status="ongoing", role="主持", contract="20000",
        details={"来源": "市社科规划", "起止时间": "2024-07—2025-06"}, proof=["notice"],
    ),
    outcome(
        "vertical_project", "2024-09-12", "中小企业数据安全能力提升研究", "顾晓峰(参与) 彭立言(参与)", level="市",
        number="RK2024-031", venue="市科学技术局", status="ongoing", role="参与", contract="15000",
        details={"来源": "市软科学计划", "起止时间": "2024-09—2025-08"}, proof=["notice"],
    ),
    outcome(
        "teaching_reform_project", "2024-04-18", "“根技术”进课堂的云计算课程体系重构", "方子安(主持) 唐婉宁(参与)", level="省",
        number="JG2024-118", venue="省教育厅", status="ongoing", role="主持", contract="20000",
        details={"起止时间": "2024-04—2026-04"}, proof=["notice"],
    ),
    outcome(
        "teaching_reform_project", "2024-04-18", "人工智能通识课的项目化教学实践", "陆思齐(主持) 钟若水(参与)", level="省",
        number="JG2024-119", venue="省教育厅", status="ongoing", role="主持", contract="20000",
        details={"起止时间": "2024-04—2026-04"}, proof=["notice"],
    ),
    outcome(
        "teaching_reform_project", "2024-06-14", "网络工程实训课程过程性评价改革", "韩振东(主持) 邵启航(参与)", level="校",
        number="XJ2024-22", venue="学校教务处", status="ongoing", role="主持", proof=["notice"],
    ),
    outcome(
        "teaching_reform_project", "2024-06-14", "面向社区服务的劳动教育课程设计", "唐婉宁(主持) 叶知秋(参与)", level="校",
        number="XJ2024-27", venue="学校教务处", status="ongoing", role="主持",
    ),
    outcome(
        "horizontal_project", "2024-06-26", "银行网点客流预测与排班优化", "任嘉树(主持) 顾晓峰(参与)", number="HX2024-07",
        venue="澄湖农村商业银行", status="ongoing", contract="180000", received="90000",
        details={"起止时间": "2024-07—2025-06"}, proof=["agreement"],
    ),
    outcome(
        "horizontal_project", "2024-11-05", "园区企业网络安全评估服务", "彭立言(主持) 韩振东(参与)", number="HX2024-15",
        venue="澄湖软件园运营公司", status="completed", contract="46000", received="46000",
        details={"起止时间": "2024-09—2024-11"}, proof=["agreement"],
    ),
    outcome(
        "technology_transfer", "2024-12-03", "可折叠网络实训机柜实用新型专利许可", "韩振东 邵启航", venue="澄湖教学装备公司",
        contract="30000", received="15000", details={"转化方式": "许可"}, proof=["agreement"],
    ),
    outcome(
        "book", "2024-08-01", "云计算技术应用", "方子安(主编) 唐婉宁(参编) 魏清如(参编)", subtype="textbook",
        venue="信创教育出版社", details={"丛书": "华为根技术系列"}, proof=["cover"],
    ),
    outcome(
        "book", "2024-09-01", "鸿蒙应用开发基础", "叶知秋(副主编) 方子安(参编)", subtype="textbook", venue="信创教育出版社",
        details={"丛书": "华为根技术系列"}, proof=["cover"],
    ),
    outcome(
        "platform", "2024-06-06", "信创现代产业学院", "沈明远(牵头) 方子安(参与)", level="省", venue="省教育厅", role="牵头",
        proof=["notice"],
    ),
    outcome(
        "platform", "2024-10-22", "云计算与大数据市级重点实验室", "罗海潮(牵头) 陆思齐(参与) 任嘉树(参与)", level="市",
        venue="市科学技术局", role="牵头", proof=["notice"],
    ),
    outcome(
        "student_project", "2024-05-30", "“夕阳e站”：面向老年人的手机助学小程序", "唐婉宁(指导) 韩振东(指导)", level="省",
        status="ongoing", venue="省教育厅", details={"学生": "苏禾、田一鸣、贾若溪", "起止时间": "2024-06—2025-06"}, proof=["notice"],
    ),
    outcome(
        "student_project", "2024-05-30", "“云端哨兵”：校园网络异常流量可视化", "彭立言(指导) 邵启航(指导)", level="校",
        status="ongoing", venue="学校创新创业学院", details={"学生": "霍然、卢子昂", "起止时间": "2024-06—2025-06"}, proof=["notice"],
    ),
    outcome(
        "honour", "2024-06-27", "学校先进基层党组织", "", level="校", venue="学校党委", status="awarded", proof=["certificate"],
    ),
    outcome(
        "honour", "2024-07-01", "学校优秀共产党员", "陆思齐", level="校", venue="学校党委", status="awarded", proof=["certificate"],
    ),
    outcome(
        "honour", "2024-10-28", "省级样板党支部培育创建单位", "", level="省", venue="省委教育工委", status="cultivating",
        proof=["notice"],
    ),
    outcome(
        "advisory_report", "2024-11-12", "澄湖区中小企业数字化需求调研报告", "方子安 彭立言 魏清如", level="市",
        venue="澄湖区科学技术局", details={"报送对象": "澄湖区科学技术局", "采纳证明": "已出具"}, proof=["other"],
    ),
    outcome(
        "publicity", "2024-05-09", "两支部同走一条路：校银联合主题党日侧记", "陆思齐", level="校", venue="学校新闻网",
        details={"栏目": "支部风采"},
        proof=["other"],
    ),
    outcome(
        "publicity", "2024-07-19", "联合创新孵化中心揭牌", "周若兰", level="校", venue="学校新闻网", details={"栏目": "校企合作"},
        proof=["other"],
    ),
    outcome(
        "publicity", "2024-09-23", "教师党员进社区手把手教老人用手机", "韩振东", level="市", venue="澄湖发布",
        details={"栏目": "基层党建"}, proof=["other"],
    ),
]

CONTEST = "全国大学生网络技术挑战赛"
AWARDS = [
    # ---------------------------------------------------------------- 国家级 29
    *awards(
        "国", "2024-05-26", "全国大学生云计算应用大赛", "全国大学生云计算应用大赛组委会",
        ("云平台搭建一队", "一等奖", "宋佳禾 尹航", "方子安 魏清如"),
        ("云平台搭建二队", "二等奖", "吕星辰 侯雨", "方子安"),
        ("容器编排一队", "二等奖", "石磊 姚清 万里", "魏清如"),
        ("容器编排二队", "三等奖", "康宁 毕晨曦", "魏清如 方子安"),
        ("大数据分析一队", "三等奖", "江月 童心远", "任嘉树"),
    ),
    *awards(
        "国", "2024-06-18", CONTEST, f"{CONTEST}组委会",
        ("企业网络一队", "一等奖", "金岳 柳扬", "韩振东 邵启航"),
        ("企业网络二队", "二等奖", "沙舟 严冬青", "韩振东"),
        ("企业网络三队", "二等奖", "于海 甘露", "邵启航"),
        ("网络规划一队", "二等奖", "米安 傅文轩", "唐婉宁 蒋文博"),
        ("网络规划二队", "三等奖", "乔木 戚薇", "蒋文博"),
        ("无线网络一队", "三等奖", "辛夷 邱实", "邵启航 蒋文博"),
    ),
    *awards(
        "国", "2024-07-21", "全国高校信息安全技能邀请赛", "全国高校信息安全技能邀请赛组委会",
        ("攻防对抗一队", "特等奖", "路知遥 谭啸 郝任", "彭立言"),
        ("攻防对抗二队", "二等奖", "崔巍 齐晗", "彭立言 蒋文博"),
        ("安全运维一队", "二等奖", "葛天 牧野", "彭立言"),
        ("安全运维二队", "三等奖", "冉然 蓝昕", "蒋文博"),
    ),
    *awards(
        "国", "2024-08-18", "全国大学生人工智能创意赛", "全国大学生人工智能创意赛组委会",
        ("智能视觉一队", "一等奖", "宁致远 温绪", "任嘉树 陆思齐"),
        ("智能视觉二队", "二等奖", "易安然 何其远", "任嘉树"),
        ("语言模型应用一队", "二等奖", "符禾 史锦", "陆思齐 钟若水"),
        ("语言模型应用二队", "三等奖", "杭一苇 鲁直", "钟若水"),
        ("创意编程一队", "三等奖", "支蔚 芮雪", "叶知秋"),
    ),
    *awards(
        "国", "2024-10-20", "全国大学生国产操作系统应用赛", "全国大学生国产操作系统应用赛组委会",
        ("鸿蒙应用一队", "一等奖", "简宁 桑榆", "叶知秋 丁思源"),
        ("鸿蒙应用二队", "二等奖", "卓玥 池青", "叶知秋"),
        ("鸿蒙应用三队", "三等奖", "向蓓 凌霄", "丁思源"),
        ("系统运维一队", "三等奖", "屈一凡 古月", "邵启航 蒋文博"),
    ),
    *awards(
        "国", "2024-11-17", "全国大学生程序设计实践赛", "全国大学生程序设计实践赛组委会",
        ("算法一队", "二等奖", "项晨 迟沐 费云", "钟若水 罗海潮"),
        ("算法二队", "二等奖", "房越 岑溪 杜若", "罗海潮"),
        ("算法三队", "三等奖", "裘实 麦恬 喻晓", "罗海潮 钟若水"),
        ("工程实践一队", "三等奖", "滕云 洛川", "秦书瑶"),
        ("工程实践二队", "优秀奖", "巫珊 景恒", "秦书瑶"),
    ),
    # ---------------------------------------------------------------- 省部级 16
    *awards(
        "省", "2024-04-21", "省大学生网络技术竞赛", "省教育厅",
        ("企业网络一队", "一等奖", "金岳 柳扬", "韩振东 邵启航"),
        ("企业网络二队", "一等奖", "沙舟 严冬青", "韩振东"),
        ("网络规划一队", "二等奖", "米安 傅文轩", "唐婉宁"),
        ("无线网络一队", "三等奖", "辛夷 邱实", "邵启航"),
    ),
    *awards(
        "省", "2024-05-12", "省大学生信息安全竞赛", "省教育厅",
        ("攻防对抗一队", "一等奖", "路知遥 谭啸 郝任", "彭立言"),
        ("攻防对抗二队", "二等奖", "崔巍 齐晗", "彭立言"),
        ("安全运维一队", "三等奖", "葛天 牧野", "蒋文博"),
    ),
    *awards(
        "省", "2024-06-23", "省大学生人工智能应用竞赛", "省教育厅",
        ("智能视觉一队", "一等奖", "宁致远 温绪", "任嘉树"),
        ("语言模型应用一队", "二等奖", "符禾 史锦", "陆思齐 钟若水"),
        ("智能视觉二队", "二等奖", "易安然 何其远", "任嘉树"),
        ("创意编程一队", "三等奖", "支蔚 芮雪", "叶知秋"),
    ),
    *awards(
        "省", "2024-10-13", "省职业技能大赛信息技术赛项", "省人力资源和社会保障厅",
        ("云计算一队", "一等奖", "宋佳禾", "方子安"),
        ("云计算二队", "二等奖", "石磊", "魏清如"),
        ("软件测试一队", "三等奖", "滕云", "秦书瑶"),
    ),
    *awards(
        "省", "2024-11-24", "省大学生创新创业竞赛", "省教育厅",
        ("数字助老一队", "银奖", "苏禾 田一鸣 贾若溪", "唐婉宁 韩振东"),
        ("校园安全一队", "铜奖", "霍然 卢子昂", "彭立言 邵启航"),
    ),
    # ---------------------------------------------------------------- 校级 17
    *awards(
        "校", "2024-03-31", "学校网络技术技能赛", "学校教务处",
        ("组网一队", "一等奖", "金岳", "韩振东"),
        ("组网二队", "二等奖", "于海", "邵启航"),
        ("组网三队", "二等奖", "乔木", "蒋文博"),
        ("布线一队", "三等奖", "阮青", "邵启航"),
    ),
    *awards(
        "校", "2024-04-14", "学校程序设计赛", "学校教务处",
        ("算法一队", "一等奖", "项晨 迟沐", "罗海潮"),
        ("算法二队", "二等奖", "房越 岑溪", "钟若水"),
        ("算法三队", "三等奖", "裘实 麦恬", "罗海潮"),
        ("工程实践一队", "三等奖", "滕云 洛川", "秦书瑶"),
    ),
    *awards(
        "校", "2024-05-19", "学校创新创业训练成果赛", "学校创新创业学院",
        ("数字助老一队", "一等奖", "苏禾 田一鸣", "唐婉宁"),
        ("校园安全一队", "二等奖", "霍然 卢子昂", "彭立言"),
        ("智慧社区一队", "三等奖", "施然 班超群", "方子安"),
    ),
    *awards(
        "校", "2024-09-29", "学校人工智能应用赛", "学校教务处",
        ("提示词工程一队", "一等奖", "符禾", "陆思齐"),
        ("提示词工程二队", "二等奖", "杭一苇", "钟若水"),
        ("智能视觉一队", "三等奖", "易安然", "任嘉树"),
    ),
    *awards(
        "校", "2024-11-10", "学校鸿蒙应用开发赛", "学校团委",
        ("应用开发一队", "一等奖", "简宁", "叶知秋"),
        ("应用开发二队", "二等奖", "向蓓", "丁思源"),
        ("应用开发三队", "三等奖", "鲁直", "丁思源"),
    ),
]

OUTCOMES = [*PAPERS, *PATENTS_AND_SOFTWARE, *PROJECTS, *AWARDS]
