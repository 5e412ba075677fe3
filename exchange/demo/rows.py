"""How the demo's rows are written down: plain dictionaries with short Chinese words, read by `load`."""

from __future__ import annotations

import datetime as dt

LINES = {
    "联建": "joint_building",
    "服务": "education_service",
    "科技": "technology_empowerment",
    "育人": "practice_education",
    "支部": "branch_life",
}
METHODS = {"签到": "sign_in", "名单": "roster", "证明": "host_proof", "估计": "estimate"}
LEVELS = {
    "国际": "international",
    "国": "national",
    "省": "provincial",
    "市": "municipal",
    "校": "university",
    "院": "college",
}
ROLES = {
    "主持": "leader",
    "参与": "participant",
    "牵头": "head",
    "通讯": "corresponding",
    "主编": "chief_editor",
    "副主编": "deputy_editor",
    "参编": "contributing_editor",
    "指导": "adviser",
}


def activity(when: str, kind: str, lines: str, theme: str, **more) -> dict:
    """One activity. when: `2024-01-12 14:30-16:00`, `2024-07-22..2024-07-26` or a day.

    more: place, host, recorder, speaker, observer (names, others too; `许竹君:社区党委`); present (names; `全体`: all
    members of that day but those on leave; `支委`: the committee); leave (`秦书瑶:外出授课`); partners (keys of
    partners.PARTNERS), agreement (its code), plan (its number); served (person-times, method, persons); agenda,
    speeches, resolution, votes (for, against, abstaining), summary; quotes ((who, words, consent)); proof (how many
    photos, and whether a sign-in sheet, a host's letter, a notice); status.
    """
    return {"when": when, "kind": kind, "lines": lines, "theme": theme, **more}


def moment(when: str) -> dict:
    """The four columns of `when`."""
    if ".." in when:
        first, last = (dt.date.fromisoformat(day) for day in when.split(".."))
        return {"starts_on": first, "ends_on": last}
    day, _, hours = when.partition(" ")
    found = {"starts_on": dt.date.fromisoformat(day)}
    if hours:
        begin, end = (dt.time.fromisoformat(hour) for hour in hours.split("-"))
        found |= {"starts_at": begin, "ends_on": found["starts_on"], "ends_at": end}
    return found


def outcome(kind: str, date: str, name: str, people: str = "", **more) -> dict:
    """One result. kind: `patent:invention` or `paper`; people: `陆思齐(通讯) 王砚秋`, members or not;
    level: one of LEVELS; details: the kind's own fields; proof: kinds of evidence (certificate, cover, contents …)."""
    return {"kind": kind, "date": date, "name": name, "people": people, **more}


def awards(level: str, date: str, contest: str, host: str, *teams: tuple) -> list[dict]:
    """The prizes of one contest. teams: (track, grade, students, advisers) each."""
    return [
        outcome(
            "competition_award",
            date,
            f"{contest}（{track}）",
            " ".join(f"{name}(指导)" for name in advisers.split()),
            level=level,
            grade=grade,
            venue=host,
            details={"赛道": track.rstrip("一二三队"), "学生": students.replace(" ", "、")},
            proof=["certificate"],
        )
        for track, grade, students, advisers in teams
    ]
