"""The components of the pages, as template tags: `{% load ui %}`. /settings/styleguide/ shows each with its call.

Tags with a body end in `{% end_<name> %}`. Each draws one template of templates/components/.
"""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import Truncator

from core import charts
from core.links import record_url
from core.models import Change

register = template.Library()

_SHORT = {
    "joint_building": "联建",
    "education_service": "服务",
    "technology_empowerment": "科技",
    "practice_education": "育人",
    "branch_life": "支部",
}
_LONGEST_VALUE = 80
# Charts in pixels; app.css knows them too: a picture is shown where its place is at least as wide.
_WIDTHS = {"full": 720, "half": 440}
_PHONE = 290


@register.simple_tag
def icon(name: str, css: str = "", label: str = ""):
    """A line icon of static/icons.svg. Arguments: name; css, further classes (i-sm, i-lg); label, what it says to
    those who do not see it (leave empty beside a text)."""
    says = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    use = f"{static('icons.svg')}#{name}"
    return format_html('<svg class="i {}" {}><use href="{}"></use></svg>', css, says, use)


@register.simple_block_tag(end_name="end_page_header")
def page_header(content, title: str, sub: str = "", crumbs=(), under: str = ""):
    """The head of a page; its body holds the actions (the primary one last).

    Arguments: title; sub, a line under it; crumbs, pairs (text, url or ""); under, safe markup under the title.
    """
    return render_to_string(
        "components/page_header.html",
        {"title": title, "sub": sub, "crumbs": crumbs, "under": under, "actions": mark_safe(content.strip())},
    )


@register.simple_tag
def crumb_list(*texts_and_urls):
    """Crumbs written in a template: `{% crumb_list "设置" settings_url "账号" "" as crumbs %}`."""
    return list(zip(texts_and_urls[::2], texts_and_urls[1::2], strict=True))


@register.simple_block_tag(end_name="end_card")
def card(
    content, title: str, note: str = "", count=None, more: str = "", more_url: str = "", flush: bool = False
):
    """A white card with a head.

    Arguments: title; note, grey text beside it; count, a number in a pill; more and more_url, the link at the right;
    flush, whether the body reaches the edges (tables, stats).
    """
    return render_to_string(
        "components/card.html",
        {
            "title": title,
            "note": note,
            "count": count,
            "more": more,
            "more_url": more_url,
            "flush": flush,
            "content": content,
        },
    )


@register.inclusion_tag("components/badge.html")
def badge(text: str, tone: str = "", icon: str = ""):
    """A state in a word. Arguments: tone, one of ok warn bad gold ink outline or empty (quiet); icon, optional."""
    return {"text": text, "tone": tone, "icon": icon}


@register.inclusion_tag("components/lines.html")
def task_lines(lines, short: bool = False):
    """Task lines as dots with words. Arguments: lines, members of TaskLine; short, two characters of each."""
    return {
        "lines": [(line.value, line.label, _SHORT.get(line.value, line.label)) for line in lines],
        "short": short,
    }


@register.inclusion_tag("components/stat.html")
def stat(label: str, value, unit: str = "", note: str = "", url: str = ""):
    """One figure. Arguments: value, as it is displayed; note, what it is made of; url, the records behind it."""
    return {"label": label, "value": value, "unit": unit, "note": note, "url": url}


@register.inclusion_tag("components/fact.html")
def fact(label: str, value="", url: str = "", wide: bool = False, empty: str = "未填"):
    """One row of `<dl class="facts">`. Arguments: url, where the value leads; wide, over both columns; empty, what is
    said where there is no value."""
    return {"label": label, "value": value, "url": url, "wide": wide, "empty": empty}


@register.simple_block_tag(end_name="end_empty")
def empty(content, title: str, icon: str = ""):
    """What stands where there is nothing yet; its body says what to do next."""
    return render_to_string("components/empty.html", {"title": title, "icon": icon, "content": content})


@register.simple_block_tag(end_name="end_banner")
def banner(content, tone: str = "warn", title: str = "", icon: str = ""):
    """A message in the page. Arguments: tone, one of warn bad info ok; its body may hold a button."""
    icons = {"warn": "clock", "bad": "stop", "info": "info", "ok": "check"}
    return render_to_string(
        "components/banner.html",
        {"tone": tone, "title": title, "icon": icon or icons[tone], "content": content},
    )


@register.simple_block_tag(end_name="end_menu")
def menu(content, label: str, icon: str = "", css: str = "btn", hidden_label: bool = False):
    """A button that opens a list of links, without JavaScript. Arguments: label; icon; css, the button's classes;
    hidden_label, for a button that shows only its icon."""
    return render_to_string(
        "components/menu.html",
        {"label": label, "icon": icon, "css": css, "hidden_label": hidden_label, "content": content},
    )


@register.inclusion_tag("components/filter_chip.html")
def filter_chip(label: str, value: str, remove_url: str):
    """A condition of a list that a press removes."""
    return {"label": label, "value": value, "remove_url": remove_url}


@register.inclusion_tag("components/pager.html")
def pager(summary: str = "", first_url: str = "", next_url: str = "", export_url: str = ""):
    """The foot of a list paged by keyset. Arguments: summary, such as "共 18 条"; the pages there are; export_url, all
    of it as an Excel file."""
    return {"summary": summary, "first_url": first_url, "next_url": next_url, "export_url": export_url}


@register.inclusion_tag("components/history.html")
def history(changes):
    """The history of a record in words. Arguments: changes, rows of core.Change, newest first."""
    return {"changes": changes}


@register.filter
def in_words(change):
    """What somebody did, as a sentence without its subject: 把服务人次从 80 改为 86."""
    verb = change.get_verb_display()
    if change.verb in (Change.Verb.CREATE, Change.Verb.IMPORT) or not change.changes:
        return format_html("{}了{}", verb, change.object_name)
    told = format_html_join(
        "；", "{}", [(_told(field, *values),) for field, values in change.changes.items()]
    )
    return told if change.verb == Change.Verb.UPDATE else format_html("{}：{}", verb, told)


def _told(field, before, after):
    before, after = Truncator(before).chars(_LONGEST_VALUE), Truncator(after).chars(_LONGEST_VALUE)
    if before and after:
        return format_html("把{}从 <del>{}</del> 改为 <ins>{}</ins>", field, before, after)
    if after:
        return format_html("{} <ins>{}</ins>", field, after)
    return format_html("删去{} <del>{}</del>", field, before)


SECRECY = "涉密内容不得上传、外传；个人信息只作工作使用，每次下载和导出都有记录。"


@register.inclusion_tag("components/secrecy.html")
def secrecy(loud: bool = False):
    """The reminder wherever files come in or personal data goes out. Arguments: loud, as a banner."""
    return {"sentence": SECRECY, "loud": loud}


@register.inclusion_tag("components/progress.html")
def progress(value, total, label: str = "", tone: str = ""):
    """A bar. Arguments: tone, done or late or empty."""
    return {"value": value, "total": total, "label": label, "tone": tone}


@register.inclusion_tag("components/chart.html")
def chart(chart, size: str = "full", table: bool = True):
    """A picture of core.charts, drawn for a wide and for a narrow place (the page shows the one that fits), and its
    table folded below. Nothing where there is nothing to draw. Arguments: size, full or half of a page's width."""
    if chart is None or chart.is_empty:
        return {}
    heads, rows = charts.rows_of(chart)
    return {
        "size": size,
        "wide": mark_safe(charts.svg(chart, width=_WIDTHS[size])),
        "narrow": mark_safe(charts.svg(chart, width=_PHONE)),
        "heads": heads,
        "rows": rows if table else [],
    }


@register.filter
def initial(name) -> str:
    """The character on an avatar: the first of the name."""
    return str(name)[:1]


@register.filter
def page_of(record) -> str:
    """The address of a record's page."""
    return record_url(record)


@register.filter
def weekday(day) -> str:
    """周六."""
    return "周" + "一二三四五六日"[day.weekday()]


@register.filter
def long_day(day) -> str:
    """2024年9月21日 周六."""
    return f"{day.year}年{day.month}月{day.day}日 {weekday(day)}"


@register.filter
def thousands(number) -> str:
    """A number with commas as tables have it; nothing for nothing."""
    return "" if number is None or number == "" else f"{number:,}"


@register.filter
def plain_number(number) -> str:
    """A decimal without zeros that say nothing: 10, 0.9."""
    return f"{number.normalize():f}"


@register.simple_tag
def is_here(item, path: str) -> bool:
    """Whether a link of the navigation is the place of the page at this path."""
    return item.is_here(path)
