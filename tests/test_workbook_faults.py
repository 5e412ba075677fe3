"""Faulty workbooks: each fault is named as `sheet!cell: reason`, and nothing of the file is written."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from core.models import Organisation
from exchange.services import import_workbook, plan_import
from exchange.workbook.xlsx import UNPACKED_LIMIT
from tests.factories import MemberFactory, OrganisationFactory
from tests.workbooks import HEADERS, build, part, repacked, saved, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    """A branch with one member, 1009, who is not in the file."""
    branch = OrganisationFactory(code="north", name="北楼教师党支部")
    MemberFactory(organisation=branch, name="吴九", staff_number="1009")
    return branch


def counts():
    """How many rows every table of ours has."""
    ours = ("core", "branch", "partnerships", "activities", "outcomes", "reports")
    return {m._meta.label: m.objects.count() for app in ours for m in apps.get_app_config(app).get_models()}


def rows(sheet, row=0, **values):
    """The small workbook with some cells of one row changed (None: emptied)."""
    changed = small()
    for header, value in values.items():
        changed[sheet][row][header] = value
    return build(changed)


def added(sheet, **values):
    """The small workbook with one row more."""
    changed = small()
    changed[sheet].append(values)
    return build(changed)


def edited(change):
    """The small workbook after a change to the openpyxl workbook."""
    return build(change=change)


def put(sheet, cell, value, number_format=None):
    """The small workbook with one cell overwritten."""

    def change(book):
        book[sheet][cell] = value
        if number_format:
            book[sheet][cell].number_format = number_format

    return edited(change)


def hidden_with_fault(book):
    """Hide a sheet of the nine and spoil a cell of it."""
    book["认证"].sheet_state = "hidden"
    book["认证"]["E2"] = "2024-02-30"


ACTIVITY = {
    "编号": "2024-009",
    "类型": "调研",
    "任务线": "实践育人",
    "主题": "调研",
    "开始时间": "2024-06-01",
}

CELLS = {
    # dates and times
    "a day that does not exist": (rows("认证", 通过日期="2023-02-29"), "认证!E2: “2023-02-29”这一天不存在"),
    "a month that does not exist": (rows("党员", 入党日期="2010-13"), "党员!G2: “2010-13”这一天不存在"),
    "another way to write a date": (rows("党员", 入党日期="2010/7/1"), "党员!G2: “2010/7/1”不是日期"),
    "a serial number": (rows("党员", 入党日期=40360), "党员!G2: 数字 40360 不是日期"),
    "a year too early": (rows("党员", 出生年月="1899"), "党员!E2: 年份 1899 不在 1900—2100 之间"),
    "a fraction as a year": (rows("党员", 出生年月=1980.5), "党员!E2: 数字 1980.5 不是日期"),
    "a time where a date stands": (
        rows("认证", 通过日期=dt.datetime(2024, 3, 5, 9, 30)),
        "认证!E2: 这里只填日期，不填时间",
    ),
    "a month as a time": (rows("活动", 开始时间="2024-04"), "活动!E2: “2024-04”要写到日"),
    "a year as a time": (rows("活动", 开始时间=2024), "活动!E2: “2024”要写到日"),
    "a date shown as a month as a time": (
        put("活动", "E2", dt.date(2024, 4, 18), "yyyy-mm"),
        "活动!E2: “2024-04”要写到日",
    ),
    "an hour that does not exist": (
        rows("活动", 开始时间="2024-04-18 25:00"),
        "活动!E2: “2024-04-18 25:00”这个时刻不存在",
    ),
    "a time on a day that does not exist": (
        rows("活动", 开始时间="2023-02-29 10:00"),
        "活动!E2: “2023-02-29”这一天不存在",
    ),
    "ends before it starts": (rows("活动", 结束时间="2024-04-18 14:00"), "活动!F2: 结束时间早于开始时间"),
    "expires before it is signed": (
        rows("联建协议", 到期日期="2023"),
        "联建协议!E2: 到期日期 2023 早于签署日期 2024-01",
    ),
    "leaves before coming": (
        rows("党员", 转入日期="2020-05", 转出日期="2020-04-30"),
        "党员!R2: 转出日期 2020-04-30 早于转入日期 2020-05",
    ),
    # required cells, vocabularies
    "no name": (rows("认证", 认证类型=None), "认证!B2: 认证类型不能为空"),
    "blank name": (rows("联建计划", 主题="  "), "联建计划!D2: 主题不能为空"),
    "no partner in an agreement": (rows("联建协议", 联建单位="；"), "联建协议!B2: 联建单位不能为空"),
    "unknown kind": (rows("活动", 类型="团建"), "活动!B2: 没有“团建”，只能填：支部党员大会、"),
    "unknown line": (rows("活动", 任务线="党建联建、扶贫"), "活动!C2: 没有“扶贫”，只能填：党建联建、"),
    "unknown level": (rows("成果", 级别="区级"), "成果!D2: 没有“区级”，只能填：国际、国家级"),
    "unknown state": (rows("认证", 状态="通过"), "认证!G2: 没有“通过”，只能填：待审核、已核验、已退回"),
    "unknown way of counting": (rows("活动", 计数方式="目测"), "活动!S2: 没有“目测”，只能填：签到、"),
    "patents have three types": (rows("成果", 类型="专利"), "成果!B2: 没有“专利”，只能填："),
    "state of another kind": (
        rows("成果", 状态="授权"),
        "成果!F2: 学术论文的状态只能是录用、已发表，不能是“授权”",
    ),
    "state of a kind without states": (
        added("成果", 编号="S-1", 类型="软件著作权", 名称="软件", 状态="授权"),
        "成果!F4: 软件著作权的状态应空着，不能是“授权”",
    ),
    "neither yes nor no": (rows("反馈", 同意引用="好"), "反馈!D2: 没有“好”，只能填：是、否"),
    "unknown figure": (rows("目标", 指标="论文数量"), "目标!B2: 没有“论文数量”这个指标"),
    # numbers
    "half a person": (rows("活动", 服务人次=1.5), "活动!Q2: 1.5 不是整数"),
    "fewer than nobody": (rows("活动", 服务人次=-1), "活动!Q2: 整数不能是负数"),
    "words as a number": (rows("活动", 服务人数="约100"), "活动!R2: “约100”不是整数"),
    "a number no column holds": (rows("活动", 服务人次=3_000_000_000), "活动!Q2: 数字太大"),
    "three decimals": (rows("成果", 合同金额=100.123), "成果!L2: 100.123 的小数超过 2 位"),
    "negative money": (rows("成果", 到账金额="-5"), "成果!M2: 数字不能是负数"),
    "percent as text": (rows("目标", 目标值="90%"), "目标!C2: “90%”不是数字"),
    "digits Excel has lost": (
        rows("认证", 证书编号=1234567890123456789),
        "认证!D2: Excel 只能记住 15 位数字",
    ),
    "a number turned into a date": (rows("成果", 编号=dt.date(2024, 1, 1)), "成果!A2: Excel 把它变成了日期"),
    # references
    "unknown staff number": (rows("认证", 工号="9999"), "认证!A2: 支部里没有工号为“9999”的党员"),
    "unknown partner": (
        rows("联建协议", 联建单位="火星社区"),
        "联建协议!B2: 没有名称或别名为“火星社区”的联建单位",
    ),
    "unknown agreement": (rows("活动", 协议编号="X-9", 计划序号=None), "活动!K2: 没有编号为“X-9”的联建协议"),
    "unknown plan row": (rows("活动", 计划序号=7), "活动!L2: 这份协议的联建计划里没有序号 7"),
    "plan row without agreement": (
        added("活动", **ACTIVITY, 计划序号=1),
        "活动!L3: 填写计划序号时要有协议编号",
    ),
    "unknown activity": (rows("反馈", 活动编号="2024-100"), "反馈!A2: 没有编号为“2024-100”的活动"),
    # people
    "two people of one name": (
        rows("活动", 参加党员="周二"),
        "活动!N2: 有 2 名党员叫“周二”，请写明工号：周二#1002、周二#1003",
    ),
    "two of one name among the makers": (rows("成果", 完成人="周 二"), "成果!N2: 有 2 名党员叫“周 二”"),
    "unknown number after a name": (
        rows("成果", 完成人="林一#8888"),
        "成果!N2: 支部里没有工号为“8888”的党员",
    ),
    "number of another member": (rows("活动", 主持人="林一#1002"), "活动!H2: 工号 1002 是周二，不是林一"),
    "a number without a name": (rows("活动", 主持人="#1001"), "活动!H2: 缺少姓名"),
    "a stranger among the members": (
        rows("活动", 参加党员="林一、路人"),
        "活动!N2: 支部里没有叫“路人”的党员",
    ),
    "a reason in brackets": (
        rows("活动", 请假党员="周二#1003(病假)"),
        "活动!O2: 支部里没有工号为“1003(病假)”的党员",
    ),
    "twice in one cell": (rows("活动", 参加党员="林一、林 一"), "活动!N2: 林 一在这一栏里出现了两次"),
    "present and absent": (rows("活动", 缺席党员="林一"), "活动!P2: 林一同时在“参加党员”和“缺席党员”里"),
    # identity
    "a staff number twice": (
        added("党员", 工号="1001", 姓名="林一", 人员类别="正式党员"),
        "党员!A5: 与第 2 行是同一条记录",
    ),
    "a certification twice": (
        added("认证", 工号="1001", 认证类型="HCIP", 方向="云服务", 通过日期="2024-03-05"),
        "认证!A3: 与第 2 行是同一条记录",
    ),
    "a partner twice, in other width": (
        added("联建单位", 名称="第一银行 科技部党支部", 类型="银行"),
        "联建单位!A4: 与第 3 行是同一条记录",
    ),
    "a plan number twice": (
        added("联建计划", 协议编号="X-1", 序号="1", 主题="又一项"),
        "联建计划!B3: 与第 2 行是同一条记录",
    ),
    "a code twice": (added("成果", 编号="P-1", 类型="荣誉", 名称="荣誉"), "成果!A4: 与第 2 行是同一条记录"),
    "the same feedback twice": (
        added("反馈", 活动编号="2024-001", 身份="居民", 内容="讲得明白"),
        "反馈!A3: 与第 2 行是同一条记录",
    ),
    "a target twice, by its label": (
        added("目标", 年度="2024", 指标="学术论文", 目标值=3),
        "目标!A3: 与第 2 行是同一条记录",
    ),
    "an alias that is another's name": (
        added("联建单位", 名称="新单位", 类型="企业", 别名="赣江居委会"),
        "联建单位!B4: “赣江居委会”已经是“赣江社区党委”的名称或别名",
    ),
    "an alias twice": (rows("联建单位", 1, 别名="一行、甲、甲"), "联建单位!B3: “甲”与名称或另一个别名重复"),
    # text
    "a title too long": (rows("成果", 名称="长" * 301), "成果!C2: 最多 300 个字，现有 301 个"),
    "a theme too long": (rows("活动", 主题="长" * 301), "活动!D2: 最多 300 个字，现有 301 个"),
    "a phone too long": (rows("党员", 电话="1" * 41), "党员!O2: 最多 40 个字，现有 41 个"),
    "a name among many too long": (rows("成果", 完成人="林一、" + "长" * 121), "成果!N2: “"),
    "a truth value as text": (rows("党员", 职务=True), "党员!L2: 这里要填文字"),
    # patents
    "a wrong check digit": (
        added("成果", 编号="Z-1", 类型="发明专利", 名称="方法", 状态="授权", 号码="ZL 2022 1 0123456.7"),
        "成果!H4: 专利号的校验位应为",
    ),
    "a type digit of another type": (
        added("成果", 编号="Z-1", 类型="发明专利", 名称="方法", 状态="授权", 号码="ZL202220123456.7"),
        "成果!H4: 专利号的第 5 位是 2，表示实用新型专利，与类型不符",
    ),
    # 其他信息
    "no equals sign": (rows("成果", 其他信息="随便写写"), "成果!P2: “随便写写”不是 键=值"),
    "a key twice": (rows("成果", 其他信息="甲=1;甲=2"), "成果!P2: “甲”写了两次"),
    "a wrong number in a key": (rows("活动", 其他信息="应到=十七"), "活动!V2: “十七”不是整数"),
    "a key that is a column": (
        rows("成果", 其他信息="名称=别的"),
        "成果!P2: “名称”在列里和其他信息里各写了一次",
    ),
    "a remark about nobody": (
        rows("活动", 其他信息="说明=请假党员|林一|出差"),
        "活动!V2: “林一”不在所说的那一栏里",
    ),
    "a post without a name": (
        rows("党员", 其他信息="任职=组织委员|2021"),
        "党员!S2: “党内职务”里没有“组织委员”",
    ),
    "its own successor": (rows("联建协议", 其他信息="续签自=X-1"), "联建协议!I2: 不能续签自己"),
    # what Excel can do to a cell
    "a formula": (put("活动", "Q2", "=40+46"), "活动!Q2: 公式不予导入"),
    "a formula among the names": (put("党员", "D2", '="汉"&"族"'), "党员!D2: 公式不予导入"),
    "an error": (put("成果", "L2", "#N/A"), "成果!L2: 这个单元格是错误值 #N/A"),
    # sheets and headers
    "a sheet is missing": (edited(lambda book: book.remove(book["目标"])), "目标!A1: 缺少工作表“目标”"),
    "a sheet too many": (edited(lambda book: book.create_sheet("草稿")), "草稿!A1: 不认识的工作表“草稿”"),
    "an unknown column": (rows("党员", 身份证号="x"), "党员!S1: 不认识的列“身份证号”"),
    "a header misspelt": (put("党员", "C1", "性 别"), "党员!C1: 不认识的列“性 别”"),
    "a required column is missing": (
        edited(lambda book: book["联建计划"].delete_cols(4)),
        "联建计划!A1: 缺少必填的列“主题”",
    ),
    "a header twice": (put("党员", "C1", "姓名"), "党员!C1: 表头“姓名”重复了"),
    "a value without a header": (put("目标", "H2", "随手一记"), "目标!H2: 这一列没有表头"),
    "a formula as a header": (put("党员", "C1", '="性"&"别"'), "党员!C1: 表头要是文字"),
    "merged cells": (edited(lambda book: book["活动"].merge_cells("G2:G3")), "活动!G2: G2:G3 是合并单元格"),
    "a hidden sheet of the nine": (
        edited(hidden_with_fault),
        "认证!E2: “2024-02-30”这一天不存在",
    ),
}  # fmt: skip


def zipped(name, content):
    """A ZIP archive with one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def with_macros():
    """The small workbook as Excel saves one with macros."""
    types = part(build(), "[Content_Types].xml").replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    return repacked(build(), {"[Content_Types].xml": types})


def with_entity():
    """The small workbook with an entity declared in a sheet."""
    sheet = part(build(), "xl/worksheets/sheet1.xml")
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    return repacked(build(), {"xl/worksheets/sheet1.xml": bomb + sheet})


def with_entity_in_utf16():
    """The same, in an encoding in which a search for the declaration's bytes finds nothing."""
    text = part(build(), "xl/worksheets/sheet1.xml").decode()
    text = f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE w [<!ENTITY a "b">]>{text}'
    return repacked(build(), {"xl/worksheets/sheet1.xml": text.encode("utf-16")})


FILES = {
    "a CSV renamed": (lambda: "工号,姓名\n1001,林一\n".encode(), "这不是 .xlsx 工作簿"),
    "an empty file": (lambda: b"", "这不是 .xlsx 工作簿"),
    "an old .xls": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        "这是旧版 .xls 或加了密码的文件",
    ),
    "a ZIP of something else": (lambda: zipped("readme.txt", "hello"), "这不是 .xlsx 工作簿"),
    "half a file": (lambda: build()[:3000], "这不是 .xlsx 工作簿"),
    "damaged XML": (
        lambda: repacked(build(), {"xl/worksheets/sheet1.xml": b"<worksheet><row"}),
        "文件已损坏",
    ),
    "a macro project": (lambda: repacked(build(), {"xl/vbaProject.bin": b"\0"}), "文件含有宏"),
    "an .xlsm renamed": (with_macros, "文件含有宏"),
    "60 MB unpacked": (
        lambda: repacked(build(), {"xl/media/image1.bmp": b"\0" * 60 * 2**20}),
        "文件解压后超过 50 MB",
    ),
    "51 MB as it is": (lambda: build() + b"\0" * 51 * 2**20, "文件解压后超过 50 MB"),
    "an entity": (with_entity, "文件里有实体声明"),
    "an entity in UTF-16": (with_entity_in_utf16, "文件里有实体声明"),
}


@pytest.mark.parametrize("name", CELLS)
def test_faulty_cell_is_named_and_nothing_is_written(branch, name):
    data, expected = CELLS[name]
    before = counts()
    plan = plan_import(branch, data)
    said = [str(fault) for fault in plan.faults]
    assert [line for line in said if line.startswith(expected)], said
    assert len(said) == 1, said
    with pytest.raises(Exception, match="共 1 处错误"):
        import_workbook(branch, data, by=None)
    assert counts() == before


@pytest.mark.parametrize("name", FILES)
def test_faulty_file_is_refused_and_nothing_is_written(branch, name, tmp_path):
    make, expected = FILES[name]
    path = tmp_path / "台账.xlsx"
    path.write_bytes(make())
    before, errors = counts(), io.StringIO()
    with pytest.raises(CommandError, match="没有写入任何内容"):
        call_command("import_workbook", str(path), branch="north", stderr=errors)
    assert errors.getvalue().startswith(f"工作簿!A1: {expected}")
    assert counts() == before


def test_all_faults_are_listed_in_the_order_of_the_file(branch):
    changed = small()
    changed["活动"][0] |= {"类型": "团建", "开始时间": "昨天", "服务人次": -1}
    changed["党员"][1]["人员类别"] = "群众"
    said = [str(fault).split(":")[0] for fault in plan_import(branch, build(changed)).faults]
    assert said == ["党员!F3", "活动!B2", "活动!E2", "活动!Q2"]


def test_address_is_that_of_the_real_sheet(branch):
    def change(book):
        sheet = book["认证"]
        sheet.insert_rows(1 + 1, amount=4)  # blank rows
        sheet.move_range("A1:G6", cols=3)  # three empty columns on the left
        sheet["H6"] = "2023-02-29"
        sheet.row_dimensions[6].hidden = True
        sheet.auto_filter.ref = "D1:J6"

    assert [str(fault) for fault in plan_import(branch, edited(change)).faults] == [
        "认证!H6: “2023-02-29”这一天不存在"
    ]


def test_columns_stand_in_any_order_and_optional_ones_may_be_absent(branch):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, headers in HEADERS.items():
        sheet = book.create_sheet(name)
        if name == "党员":
            sheet.append([" 人员类别 ", "姓名", "工号"])
            sheet.append(["正式党员", "林一", 1001])
        else:
            sheet.append(list(reversed(headers)))
    plan = import_workbook(branch, saved(book), by=None)
    assert [(draft.data["staff_number"], draft.data["name"]) for draft in plan.created("党员")] == [
        ("1001", "林一")
    ]


def test_reminders_are_accepted(branch):
    changed = small()
    changed["党员"][0]["转正日期"] = "2009"
    changed["认证"][0]["有效期至"] = "2023"
    changed["活动"][0]["服务人数"] = 100
    plan = import_workbook(branch, build(changed), by=None)
    assert [str(reminder) for reminder in plan.reminders] == [
        "党员!H2: 转正日期 2009 早于入党日期 2010-07",
        "认证!F2: 有效期至 2023 早于通过日期 2024-03-05",
        "活动!R2: 服务人数 100 大于服务人次 86",
    ]


def test_command_lists_faults_on_stderr_and_reminders_on_stdout(branch, tmp_path):
    path, out, errors = tmp_path / "a.xlsx", io.StringIO(), io.StringIO()
    path.write_bytes(rows("认证", 有效期至="2023"))
    call_command("import_workbook", str(path), branch="north", dry_run=True, stdout=out)
    assert "提醒 认证!F2: 有效期至 2023 早于通过日期 2024-03-05" in out.getvalue()
    assert "党员：新增 3，修改 0，不变 0" in out.getvalue()
    assert "没有写入任何内容" in out.getvalue()
    assert counts()["activities.Activity"] == 0
    path.write_bytes(rows("认证", 通过日期="2023-02-29"))
    with pytest.raises(CommandError) as error:
        call_command("import_workbook", str(path), branch="north", dry_run=True, stderr=errors)
    assert error.value.returncode == 1
    assert errors.getvalue() == "认证!E2: “2023-02-29”这一天不存在\n"


@pytest.mark.parametrize(
    ("code", "said"), [("nowhere", "没有代码为 nowhere 的支部"), ("college", "不是党支部")]
)
def test_command_refuses_what_is_no_branch(branch, tmp_path, code, said):
    Organisation.objects.add_root({"code": "college", "name": "学院党委", "kind": "college_committee"})
    with pytest.raises(CommandError, match=said):
        call_command("import_workbook", str(tmp_path / "a.xlsx"), branch=code)


def test_command_says_that_there_is_no_file(branch, tmp_path):
    with pytest.raises(CommandError, match="读不了文件"):
        call_command("import_workbook", str(tmp_path / "a.xlsx"), branch="north")


def test_size_is_judged_before_anything_is_unpacked(branch):
    assert len(FILES["60 MB unpacked"][0]()) < UNPACKED_LIMIT / 100
