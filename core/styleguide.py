"""What the style guide shows: samples, none of them real."""

import datetime as dt
import re
from types import SimpleNamespace

from django import forms
from django.conf import settings

from core.charts import Bars, Columns, Goal, Progress, Series, Stacked, Value
from core.models import Change

PALETTE = [
    {
        "name": "品牌与主要操作",
        "tokens": [
            ("red-50", "浅底"),
            ("red-100", "浅底"),
            ("red-500", "图形"),
            ("red-600", "主按钮"),
            ("red-700", "按下、当前位置"),
        ],
    },
    {
        "name": "暖灰：页面与文字",
        "tokens": [
            ("grey-0", "卡片"),
            ("grey-50", "页面"),
            ("grey-100", "分隔"),
            ("grey-200", "边框"),
            ("grey-300", "按钮边框"),
            ("grey-500", "次要文字"),
            ("grey-600", "辅助文字"),
            ("grey-900", "正文"),
        ],
    },
    {
        "name": "墨蓝：链接、数字、图表、焦点（不表示状态）",
        "tokens": [
            ("ink-50", "底"),
            ("ink-100", "底"),
            ("ink-200", "边框"),
            ("ink-300", "图形"),
            ("ink-500", "条形"),
            ("ink-600", "链接、焦点"),
            ("ink-700", "文字"),
        ],
    },
    {
        "name": "状态；金色只用于荣誉",
        "tokens": [
            ("ok-50", "底"),
            ("ok-700", "完成"),
            ("warn-50", "底"),
            ("warn-700", "待办、存疑"),
            ("bad-50", "底"),
            ("bad-700", "过期、错误"),
            ("gold-50", "底"),
            ("gold-700", "荣誉"),
        ],
    },
    {
        "name": "任务线",
        "tokens": [
            ("line-joint", "党建联建"),
            ("line-service", "教育服务"),
            ("line-tech", "科技赋能"),
            ("line-practice", "实践育人"),
            ("line-branch", "支部建设"),
        ],
    },
]
# As activities.TaskLine, which core may not import.
LINES = [
    SimpleNamespace(value=value, label=label)
    for value, label in (
        ("joint_building", "党建联建"),
        ("education_service", "教育服务"),
        ("technology_empowerment", "科技赋能"),
        ("practice_education", "实践育人"),
        ("branch_life", "支部建设"),
    )
]


class SampleForm(forms.Form):
    """Each kind of field, in each of its states."""

    theme = forms.CharField(label="主题", initial="数字助老进社区")
    held_on = forms.CharField(label="日期", initial="2024-06", help_text="不知道哪天可只填年月")
    line = forms.ChoiceField(label="任务线", choices=[(line.value, line.label) for line in LINES])
    present = forms.IntegerField(label="实到人数")
    total = forms.CharField(label="合计", initial="1,086", disabled=True, required=False)
    ways = forms.MultipleChoiceField(
        label="形式",
        choices=[("1", "党课"), ("2", "参观"), ("3", "座谈")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    quotable = forms.BooleanField(label="同意引用", required=False)


class WritingForm(forms.Form):
    """Fields as they stand in a form that writes a record: the needed ones are marked, not the others."""

    marks_required = True

    kind = forms.CharField(label="类型")
    place = forms.CharField(label="地点", required=False)


class ReadForm(forms.Form):
    """Fields as they were read of a picture: whoever checks them sees how far each can be trusted."""

    marks_required = True

    kind = forms.CharField(label="认证类型", initial="HCIP")
    number = forms.CharField(
        label="证书编号", initial="CLS-2024-0638172", help_text="第 6 位像字母 O，也像数字 0，已按数字填"
    )
    valid_until = forms.CharField(
        label="有效期至", initial="2027-12-10", help_text="证书上没读到，按 HCIP 3 年推算", required=False
    )


def _read() -> ReadForm:
    """As branch.marks marks them."""
    form = ReadForm(prefix="read")
    states = [("sure", "识别清楚", "check"), ("check", "请核对", "alert"), ("derived", "推算", "info")]
    for field, (state, label, icon) in zip(form.fields.values(), states, strict=True):
        field.mark = SimpleNamespace(state=state, label=label, icon=icon)
    return form


def _charts() -> list:
    """Each chart with the figures of the mockups; every bar leads nowhere but here."""

    def series(name, *amounts):
        return Series(name, tuple(Value(amount, "#charts" if amount else "") for amount in amounts))

    labels = tuple(line.label for line in LINES)
    months = (2, 3, 7, 5, 7, 4, 6, 2, 5, 7, 7, 4)
    levels = [
        ("国际", 0, 0, 0, 0),
        ("国家级", 29, 1, 0, 0),
        ("省部级", 16, 2, 2, 2),
        ("市厅级", 0, 2, 0, 0),
        ("校级", 17, 0, 2, 1),
        ("院级", 0, 0, 0, 0),
        ("未定级", 0, 0, 0, 1),
    ]
    goals = (
        Goal("学术论文", "10", "8", 1.25, "篇", "#charts"),
        Goal("发明专利授权", "1", "2", 0.5, "件", "#charts"),
        Goal("主题党日", "11", "12", 11 / 12, "次", "#charts"),
        Goal("服务人次", "1,086", "1,000", 1.086, "人次", "#charts"),
        Goal("HCIP 持证率", "94.1%", "90%", 1.0458, "", "#charts"),
    )
    return [
        Bars(
            "Bars：并列比较",
            "任务线",
            labels,
            (series("2023年度", 6, 14, 9, 0, 26), series("2024年度", 8, 18, 10, 7, 28)),
            "场",
        ),
        Stacked(
            "Stacked：分段相加",
            "类型",
            ("学科竞赛", "纵向课题", "教改课题", "荣誉"),
            tuple(series(*level) for level in levels),
            "项",
            rest="未定级",
        ),
        Columns(
            "Columns：按月",
            "月份",
            tuple(f"2024年{month}月" for month in range(1, 13)),
            (series("已举办", *months),),
            "场",
            short=tuple(f"{month}月" for month in range(1, 13)),
        ),
        Progress("Progress：目标进度", goals),
    ]


def samples() -> dict:
    """The context of the page."""
    form = SampleForm(
        {"theme": "数字助老进社区", "held_on": "2024-06", "line": "education_service", "present": "19"}
    )
    form.add_error("present", "实到 19 人，多于应到 17 人")
    unsaved = WritingForm({"place": "图书馆报告厅", "kind": "主题党日"})
    unsaved.fields["place"].conflict = SimpleNamespace(
        change=SimpleNamespace(actor_name="韩振东"), text="望江社区党群服务中心"
    )
    unsaved.fields["kind"].guessed = True
    told = [
        ("韩振东", "update", {"服务人次": ["80（估计）", "86（签到）"]}, dt.datetime(2024, 9, 23, 10, 12)),
        ("周若兰", "attach", {}, dt.datetime(2024, 9, 22, 20, 31)),
        ("韩振东", "create", {}, dt.datetime(2024, 9, 21, 11, 36)),
    ]
    return {
        "palette": PALETTE,
        "icons": re.findall(r'id="([a-z-]+)"', (settings.BASE_DIR / "static/icons.svg").read_text()),
        "lines": LINES,
        "some_lines": LINES[1:3],
        "form": form,
        "unsaved": unsaved,
        "read": _read(),
        "roll": [
            ("周若兰", "", "present", ""),
            ("丁思源", "预备", "on_leave", "外出授课"),
        ],
        "roll_states": [("present", "参加"), ("on_leave", "请假"), ("absent", "缺席")],
        "charts": _charts(),
        "changes": [
            Change(actor_name=who, verb=verb, changes=changes, at=at, object_name="数字助老进社区")
            for who, verb, changes, at in told
        ],
        "attachments": [
            {"name": "签到表.pdf", "kind_name": "签到表", "size": 320_000, "url": "#detail"},
            {"name": "活动通知.pdf", "kind_name": "通知", "size": 88_000, "url": "#detail"},
        ],
    }
