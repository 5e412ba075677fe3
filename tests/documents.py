"""A report with one of every block, for the tests of renderers, and the files it speaks of."""

import datetime as dt
import hashlib
import io
import json
from decimal import Decimal
from pathlib import Path

from PIL import Image

from reports import freezing
from reports.document import (
    Column,
    Document,
    Evidence,
    Figure,
    File,
    Group,
    Mark,
    NewPage,
    PageOf,
    Photo,
    Photos,
    See,
    Table,
)
from reports.freezing import Frozen
from reports.render import Compiled
from reports.templates import template_text

FONTS = Path(__file__).resolve().parent.parent / "fonts"


def picture(colour: str, size=(1600, 1200), form="JPEG") -> bytes:
    """The bytes of a picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, form)
    return buffer.getvalue()


class Files(dict):
    """Stored files by SHA-256."""

    def add(self, content: bytes) -> str:
        """Store bytes; returns their SHA-256."""
        digest = hashlib.sha256(content).hexdigest()
        self[digest] = content
        return digest

    def open(self, sha256: str):
        """As core.files.open_file."""
        if sha256 not in self:
            raise FileNotFoundError(sha256)
        return io.BytesIO(self[sha256])


def sample() -> Compiled:
    """The whole of it, with a name that no font has (𠮷), marks, figures and a photo whose file is gone."""
    files = Files()
    first, second = files.add(picture("steelblue")), files.add(picture("firebrick", (900, 1600)))
    sheet = files.add(picture("white", (600, 800), "PNG"))
    document = Document("教师第一党支部2024年度“强国行”专项行动进展报告", "教师第一党支部", "2024-12-31")
    document.add("title", "教师第一党支部\n2024年度“强国行”专项行动进展报告")
    document.add("meta", "统计区间：2024年1月1日至12月31日")
    document.add("meta", "统计时点：2024年12月31日")
    document.add(
        "body",
        "支部共有党员",
        Figure("members.total", "17名", 17),
        "，持证率为",
        Figure("x", "16/17(94.1%)"),
        "。",
    )
    document.add("heading1", "一、党建联建")
    document.add("heading2", "（一）总体情况")
    document.add("body", "本年度无记录。")
    document.add("heading1", "二、教育服务")
    document.add("heading2", "（二）重点工作")
    document.add(
        "body",
        "4月18日，与赣江社区党委联合开展“数字技能进社区”主题党日活动，𠮷镕堃同志主持，服务居民86人次",
        Mark("2-01"),
        "（见",
        See("图1", "figure-1"),
        "）；详见",
        See("附件2", "appendix-2"),
        "。" + "用长一些的文字看一看换行和版心。" * 12,
    )
    document.blocks.append(
        Photos(
            (
                Photo(first, 1, "数字技能进社区（2024年4月18日，赣江社区）"),
                Photo(second, 2, "信息素养周末沙龙（2024年5月11日，区科技馆）"),
            )
        )
    )
    document.blocks.append(Photos((Photo("0" * 64, 3, "文件已不在的照片（2024年6月1日）"),)))
    document.blocks.append(NewPage())
    document.add("appendix", "附件1", anchor="appendix-1")
    document.add("appendix_title", "指标完成情况")
    rows = [
        Group("综合"),
        ("活动", "场", Decimal("10"), Figure("activities.total", "59", 59), "590.0%", 41),
        Group("科技赋能"),
        ("HCIP 持证率", "—", "90%", Figure("certifications.ratio:HCIP", "16/17(94.1%)"), "104.6%", None),
        (
            "纵向课题经费",
            "元",
            None,
            Figure("outcomes.funds:vertical", "120,000.00", Decimal("120000.00")),
            None,
            Decimal("0.50"),
        ),
    ]
    columns = (
        Column("指标", 36),
        Column("单位", 9),
        Column("目标", 13, "number"),
        Column("完成", 23, "number"),
        Column("完成率", 16, "percent"),
        Column("上年", 20, "number"),
    )
    document.blocks.append(Table("指标", columns, tuple(rows)))
    document.add("note", "注：同一活动可服务多条任务线，各任务线场次之和可大于活动总数。")
    document.blocks.append(NewPage(landscape=True))
    document.add("appendix", "附件2", anchor="appendix-2")
    document.add("appendix_title", "活动一览")
    activities = tuple(
        (
            number,
            f"2024-{number % 12 + 1:02}-05",
            f"第{number}场活动：<b>&\"'#$*_`@\\ =1+1",
            number * 37,
            Mark(f"2-{number:02}"),
        )
        for number in range(1, 61)
    )
    columns = (
        Column("序号", 6, "number"),
        Column("日期", 13, "date"),
        Column("主题", 50),
        Column("服务人次", 12, "number"),
        Column("佐证", 10),
    )
    document.blocks.append(Table("活动", columns, activities))
    document.blocks.append(NewPage())
    document.add("appendix", "附件6", anchor="appendix-6")
    document.add("appendix_title", "佐证材料目录")
    evidence = [
        Evidence(
            f"activity:{number}",
            f"2-{number:02}",
            2,
            "教育服务",
            f"第{number}场活动",
            f"2024-{number % 12 + 1:02}-05",
            _files(number, (first, second, sheet)[number % 3], files) if number % 4 else (),
            "" if number % 4 else "佐证",
        )
        for number in range(1, 61)
    ]
    document.evidence = evidence
    columns = (
        Column("编号", 10),
        Column("记录", 50),
        Column("材料", 30),
        Column("页", 8, "number", paged=True),
    )
    index = [Group("二、教育服务")]
    index += [
        (
            Mark(item.number),
            item.title,
            "、".join(file.kind for file in item.files) or "缺",
            PageOf(item.number),
        )
        for item in evidence
    ]
    document.blocks.append(Table("佐证", columns, tuple(index)))
    return Compiled(_frozen(document), document, files.open, FONTS)


def material_of(organisation, window) -> dict:
    """What a compilation freezes beside its figures, for tests inside a transaction, where no snapshot can begin."""
    template = {"name": "yearly", "text": template_text("yearly")}
    material = freezing._material(organisation, window, "yearly", dt.date(2025, 1, 6))
    return {**material, "template": template, "fonts": {}}


def _files(number, sha256, files):
    name = "签到表.png" if number % 3 == 2 else "照片.JPG"
    folder = f"2_教育服务/2-{number:02}_第{number}场活动"
    ending = name.rpartition(".")[2].lower()
    return (
        File(
            sha256,
            len(files[sha256]),
            f"image/{ending}",
            name.partition(".")[0],
            name,
            "",
            f"{folder}/2-{number:02}-1_{name.partition('.')[0]}.{ending}",
        ),
    )


def _frozen(document):
    figures = {
        "schema": 1,
        "branch": {"code": "north", "name": "教师第一党支部", "committee": "信息工程学院党委"},
        "window": {"start": "2024-01-01", "end": "2024-12-31", "label": "2024年度"},
        "as_of": "2024-12-31",
        "compiled_at": "2025-01-05T10:00:00+08:00",
        "digest": "0" * 64,
        "figures": [
            _figure("members.total", "党员总数", "名", 17, [("member", 1, "𠮷镕堃", None)]),
            _figure(
                "activities.total",
                "活动",
                "场",
                59,
                [
                    (item.record.partition(":")[0], int(item.record.partition(":")[2]), item.title, item.date)
                    for item in document.evidence[:59]
                ],
            ),
            _figure("outcomes.paper", "学术论文", "篇", 1, [("outcome", 7, "=HYPERLINK(1)", "2024-06")]),
            _figure("outcomes.platform", "科研平台", "个", 0, []),
            _figure("outcomes.funds:vertical", "纵向课题经费", "元", "120000.00", []),
            {
                **_figure("certifications.ratio:HCIP", "HCIP 持证率", "", 0.9412, []),
                "display": "16/17(94.1%)",
                "numerator": 16,
                "denominator": 17,
            },
        ],
    }
    return Frozen(json.loads(json.dumps(figures)), {"template": "yearly"})


def _figure(key, label, unit, value, records):
    """As figures.json has it; money as a string."""
    display = f"{Decimal(value):,.2f}" if isinstance(value, str) else f"{value:,}"
    rows = [dict(zip(("type", "id", "title", "date"), record, strict=True)) for record in records]
    return {
        "key": key,
        "label": label,
        "unit": unit,
        "line": None,
        "value": value,
        "display": display,
        "numerator": None,
        "denominator": None,
        "records": rows,
    }


__all__ = ["FONTS", "Files", "material_of", "picture", "sample"]
