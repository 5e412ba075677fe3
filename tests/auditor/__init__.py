"""The auditor: somebody who does not trust the drafting code reads the files of a report and recounts them.

`audit` takes the bytes of the files, the figures and the records as they were frozen, and says what is wrong. It
imports nothing of the product. Each number of Word's text and tables is accounted for by a figure, by the record told,
or by a derivation that is declared in prose.py; PDF and Excel must say the same as Word; evidence numbers must lead
somewhere.
"""

from __future__ import annotations

import re
from collections import Counter

from tests.auditor import words
from tests.auditor.prose import MARK, Ledger
from tests.auditor.reading import MISSING_SIGN, Grid, Line, bare, read_excel, read_pack, read_pdf, read_word
from tests.auditor.tables import expected

__all__ = ["audit"]

_NUMBER = re.compile(r"\d+-\d{2,}")
_CAPTION = re.compile(r"图(\d+) (.+)", re.DOTALL)
_NUMERALS = "一二三四五六七八九十"
_SHEETS = ("说明", "数字一览", "数据溯源", "佐证")


def audit(
    files: dict[str, bytes],
    figures: dict,
    material: dict,
    *,
    is_first: bool = True,
    seen: Counter | None = None,
) -> list[str]:
    """What is wrong with a report; nothing if all is right.

    Arguments: files, name → content (report.docx; report.pdf, report.xlsx, evidence.zip where there are any); figures,
    the content of figures.json; material, the records of that moment; is_first: evidence numbers were given out anew;
    seen: counts what was told, for whoever wants to know that nothing was left unread.
    """
    auditor = _Audit(files, figures, material, is_first)
    faults = auditor.run()
    if seen is not None:
        seen.update(auditor.ledger.seen)
    return faults


class _Audit:
    def __init__(self, files, figures, material, is_first):
        self.files, self.figures, self.material, self.is_first = files, figures, material, is_first
        self.word = read_word(files["report.docx"])
        captions = {int(match[1]): match[2] for part in self.word if (match := self._caption(part))}
        self.tables = list(self._titled())
        self.appendices = {
            int(part.text.removeprefix("附件")): self.word[at + 1].text
            for at, part in enumerate(self.word)
            if isinstance(part, Line) and part.style == "AppendixNumber"
        }
        self.ledger = Ledger(figures, material, {}, captions, self.appendices)
        self.faults = self.ledger.faults

    def run(self) -> list[str]:
        """All questions, one after the other."""
        self._tables()
        self._prose()
        self._figures_stand()
        self._evidence()
        if "report.xlsx" in self.files:
            self._excel()
        if "report.pdf" in self.files:
            self._pdf()
        if "evidence.zip" in self.files:
            self._pack()
        return self.faults

    def _fault(self, said, why):
        self.ledger.fault(said, why)

    @staticmethod
    def _caption(part):
        return isinstance(part, Line) and part.style == "Caption" and _CAPTION.fullmatch(part.text)

    # ------------------------------------------------------------ Word: tables
    def _titled(self):
        """Each table with the title of its appendix and its own caption."""
        title = caption = ""
        for part in self.word:
            if isinstance(part, Grid):
                yield part, title, caption
            elif part.style == "AppendixTitle":
                title, caption = part.text, ""
            elif part.style == "TableCaption":
                caption = part.text

    def _tables(self):
        for grid, title, caption in self.tables:
            where = f"{title} {caption}".strip()
            if title == "佐证材料目录":
                continue
            rows, wanted = grid.rows[1:], expected(self.ledger, title, caption)
            if wanted is None:
                self._fault(where, "nobody knows this table")
                continue
            if len(rows) != len(wanted):
                self._fault(where, f"{len(rows)} rows instead of {len(wanted)}")
            for row, right in zip(rows, wanted, strict=False):
                if len(row) != len(right) or any(
                    cell != known for cell, known in zip(right, row, strict=True)
                ):
                    self._fault(f"{where}: {row}", f"should be {right}")
            self._collect(title, caption, rows)
        for row in self.material["outcomes"], self.material["activities"], self.material["agreements"]:
            for record in row:
                if not any(marked.endswith(f":{record['id']}") for marked in self.ledger.marks.values()):
                    self._fault(str(record.get("name") or record.get("theme")), "no table has this record")

    def _collect(self, title, caption, rows):
        """The evidence number of each record, as its table says."""
        material = self.material
        if title == "活动一览":
            records = [f"activity:{row['id']}" for row in material["activities"]]
        elif caption.endswith("联建协议"):
            records = [f"agreement:{row['id']}" for row in material["agreements"]]
        elif title == "成果清单":
            kind = caption.partition("）")[2]
            records = [f"outcome:{row['id']}" for row in material["outcomes"] if row["kind_name"] == kind]
        elif title == "认证情况":
            known = material["certifications"]
            records = [
                f"certification:{row['id']}"
                for member in known["members"]
                for row in known["rows"]
                if row["member"] == member["id"] and row["status"] == "verified"
            ]
        else:
            return
        numbers = [number for row in rows for number in _NUMBER.findall(row[-1])]
        for number, record in zip(numbers, records, strict=False):
            if self.ledger.marks.setdefault(number, record) != record:
                self._fault(number, f"stands for {record} and {self.ledger.marks[number]}")

    # ------------------------------------------------------------ Word: text
    def _prose(self):
        line = heading = appendix = ""
        first = second = points = 0
        for part in self.word:
            if isinstance(part, Grid):
                continue
            text, points = part.text, points if part.style == "BodyText" else 0
            match part.style:
                case "Title":
                    if text.replace("\n", "") != self.ledger.title:
                        self._fault(text, f"the title should be {self.ledger.title}")
                case "Subtitle":
                    if text not in self._metas():
                        self._fault(text, f"should be one of {self._metas()}")
                case "Heading1":
                    first, second = first + 1, 0
                    numeral, _, heading = text.partition("、")
                    if numeral != _NUMERALS[first - 1]:
                        self._fault(text, f"is heading {first}")
                    line = next((key for key, word in words.LINES.items() if word == heading), "")
                case "Heading2":
                    second += 1
                    if not text.startswith(f"（{_NUMERALS[second - 1]}）"):
                        self._fault(text, f"is heading {second}")
                case "AppendixNumber":
                    appendix = text
                case "AppendixTitle":
                    if f"附件{list(self.appendices.values()).index(text) + 1}" != appendix:
                        self._fault(text, f"is not {appendix}")
                case "Caption":
                    self._read_caption(text)
                case "TableCaption" | "Note":
                    if re.search(r"\d", text):
                        self._fault(text, "a number where there should be none")
                case "BodyText":
                    if match := re.match(r"(\d+)．", text):
                        points += 1
                        if int(match[1]) != points:
                            self._fault(text, f"is point {points}")
                    self.ledger.read(text, line)
                case "PictureLine" | "Missing" | "Gap":
                    pass
                case _:
                    self._fault(text, f"a paragraph of style {part.style}")
        for said in self.ledger.quotes_told_twice():
            self._fault(said, "is told twice")
        numbers = list(self.ledger.captions)
        if numbers != list(range(1, len(numbers) + 1)):
            self._fault(str(numbers), "pictures are not numbered one by one")
        said = "".join(part.text for part in self.word if isinstance(part, Line) and part.style == "BodyText")
        for number in numbers:
            if not re.search(rf"图{number}(?!\d)", said):
                self._fault(f"图{number}", "is not mentioned")

    def _metas(self):
        start, end, year = self.ledger.start, self.ledger.end, self.ledger.year
        return [
            f"统计区间：{words.day(start)}至{words.day(end, year)}",
            f"统计时点：{words.day(end)}",
        ]

    def _read_caption(self, text):
        """A chart is called by its window; a photo by its activity, day and place."""
        number, title = _CAPTION.fullmatch(text).groups()
        charts = {"各任务线活动与上年比较", "各月已举办活动", "各类成果的级别", "目标完成情况"}
        label = self.ledger.title.removeprefix(self.ledger.branch).removesuffix("“强国行”专项行动进展报告")
        if title in {f"{label}{chart}" for chart in charts}:
            return
        for row in self.material["activities"]:
            about = "，".join(part for part in (words.day(row["date"]), row["place"]) if part)
            files = self.material["files"].get(f"activity:{row['id']}", ())
            for file in files:
                if title == f"{file['caption'] or row['theme']}（{about}）":
                    return
        self._fault(text, f"picture {number} shows nothing that is known")

    # ------------------------------------------------------------ figures
    def _figures_stand(self):
        """Every figure that is not zero stands in the Word file by its label and display."""
        shown: dict[str, set[str]] = {}
        for grid, title, _ in self.tables:
            for row in grid.rows if "指标完成情况" in title else ():
                shown.setdefault(row[0], set()).update(row[1:])
        for figure in self.figures["figures"]:
            told = words.is_zero(figure) or not figure.get("in_report", True)
            if not told and figure["display"] not in shown.get(figure["label"], ()):
                self._fault(f"{figure['label']} {figure['display']}", "does not stand in report.docx")

    # ------------------------------------------------------------ evidence
    def _evidence(self):
        """Numbers are in the index, each once, in order of first mention."""
        index = [grid for grid, title, _ in self.tables if title == "佐证材料目录"]
        self.index = {}
        names = {row["id"]: row["name"] for row in self.material["certifications"]["members"]}
        rows = self.ledger.records | {
            f"certification:{row['id']}": row
            | {"name": f"{names[row['member']]} {row['name']}", "date": row["passed_on"]}
            for row in self.material["certifications"]["rows"]
        }
        for row in index[0].rows[1:] if index else ():
            if len(row) == 1:
                continue
            if row[0] in self.index:
                self._fault(str(row), "an evidence number twice in the index")
            self.index[row[0]] = row
            record = rows.get(self.ledger.marks.get(row[0], ""))
            if record is None:
                self._fault(str(row), "a number of the index is nowhere else")
                continue
            when = record.get("date") or record.get("signed_on")
            right = [
                record.get("theme") or record["name"],
                (when if isinstance(when, str) else words.short(when)) or "—",
                self._proofs(self.ledger.marks[row[0]]),
            ]
            if row[1:4] != right:
                self._fault(str(row), f"the index should say {right}")
        records = Counter(self.ledger.marks.values())
        for record, count in records.items():
            if count > 1:
                self._fault(record, "has two evidence numbers")
        mentioned = self._mentions()
        for number in dict.fromkeys(mentioned):
            if number not in self.index:
                self._fault(number, "is not in the index of evidence")
        if self.is_first:
            sections: dict[str, int] = {}
            for number in dict.fromkeys(mentioned):
                section, _, place = number.partition("-")
                sections[section] = sections.get(section, 0) + 1
                if int(place) != sections[section]:
                    self._fault(number, f"is the {sections[section]}. to be mentioned in section {section}")

    def _proofs(self, record) -> str:
        kinds = Counter(file["kind_name"] for file in self.material["files"].get(record, ()))
        return "、".join(f"{kind}{count}件" if count > 1 else kind for kind, count in kinds.items()) or "缺"

    def _mentions(self) -> list[str]:
        """Evidence numbers in order of mention, before the index."""
        found, title = [], ""
        for part in self.word:
            if isinstance(part, Line):
                title = part.text if part.style == "AppendixTitle" else title
                found += MARK.findall(part.text)
            elif title not in ("佐证材料目录", "") and part.head[-1] == "佐证":
                found += [number for row in part.rows[1:] for number in _NUMBER.findall(row[-1])]
        return found

    # ------------------------------------------------------------ Excel
    def _excel(self):
        sheets = read_excel(self.files["report.xlsx"])
        names = [name for name in sheets if name not in _SHEETS]
        grids = [grid for grid, title, _ in self.tables if title != "佐证材料目录"]
        if len(names) != len(grids):
            self._fault(str(names), f"{len(names)} sheets for {len(grids)} tables")
        for name, grid in zip(names, grids, strict=False):
            self._sheet(name, sheets[name], grid)
        self._overview([[cell.text for cell in row] for row in sheets["数字一览"]])
        self._trace(sheets["数据溯源"])
        self._listed([[cell.text for cell in row] for row in sheets["佐证"]])
        self._guide(sheets, names)

    def _sheet(self, name, sheet, grid):
        """A sheet says what its table says; a subheading is a column of its own."""
        grouped = any(len(row) == 1 for row in grid.rows if grid.width > 1)
        rows, group = [], ""
        for row in grid.rows[1:]:
            if grouped and len(row) == 1:
                group = row[0]
            else:
                rows.append([group, *row] if grouped else row)
        shown = [[cell.text for cell in row] for row in sheet]
        if shown[0][grouped:] != grid.head:
            self._fault(f"{name}: {shown[0]}", f"should be {grid.head}")
        for number, (row, right) in enumerate(zip(shown[1:], rows, strict=False), start=2):
            if row != right:
                self._fault(f"{name} row {number}: {row}", f"should be {right}")
        if len(shown) - 1 != len(rows):
            self._fault(name, f"{len(shown) - 1} rows instead of {len(rows)}")
        for row in sheet[1:]:
            for cell in row:
                if isinstance(cell.value, str) and re.fullmatch(
                    r"[1-9]\d{0,2}(,\d{3})*(\.\d+)?|0", cell.value
                ):
                    head = sheet[0][row.index(cell)].text
                    if (
                        head
                        in (
                            "完成",
                            "上年",
                            "上年同期",
                            "序号",
                            "服务人次",
                            "参加党员",
                            "合计",
                            "承诺数",
                            "已兑现",
                        )
                        and head[0] != "上"
                    ):
                        self._fault(f"{name} {head}: {cell.value}", "a number kept as text")

    def _overview(self, rows):
        right = [
            [
                figure["label"],
                figure["key"],
                figure["display"],
                figure["unit"] or "—",
                f"{len(figure['records']):,}",
            ]
            for figure in self.figures["figures"]
        ]
        for row, known in zip(rows[1:], right, strict=False):
            if row[:5] != known:
                self._fault(f"数字一览: {row[:5]}", f"should be {known}")
            if re.search(r"\d", row[5].replace("2 人次", "")):
                self._fault(f"数字一览: {row[5]}", "a number in a definition")
        if len(rows) - 1 != len(right):
            self._fault("数字一览", f"{len(rows) - 1} rows instead of {len(right)}")

    def _trace(self, rows):
        numbers = {record: number for number, record in self.ledger.marks.items()}
        right = []
        for figure in self.figures["figures"]:
            head = [figure["label"], figure["key"], figure["display"], figure["unit"] or "—"]
            for record in figure["records"]:
                number = numbers.get(f"{record['type']}:{record['id']}", "")
                if figure["key"].startswith("certifications."):
                    number = "、".join(
                        self._certificates(figure["key"].partition(":")[2], record["id"], numbers)
                    )
                right.append([*head, record["title"], record["date"] or "—", number or "—"])
            if not figure["records"]:
                right.append([*head, "没有记录", "—", "—"])
        shown = [[cell.text for cell in row] for row in rows[1:]]
        for row, known in zip(shown, right, strict=False):
            if [*row[:4], *row[5:8]] != known:
                self._fault(f"数据溯源: {row}", f"should be {known}")
            if row[10] != self.figures["as_of"]:
                self._fault(f"数据溯源: {row[10]}", f"is not {self.figures['as_of']}")
        if len(shown) != len(right):
            self._fault("数据溯源", f"{len(shown)} rows instead of {len(right)}")

    def _certificates(self, name, member, numbers):
        """The numbers of the certificates that make somebody a holder."""
        for row in self.material["certifications"]["rows"]:
            ends, of_it = (
                row["valid_until"],
                (row["member"], row["type"], row["status"]) == (member, name, "verified"),
            )
            if of_it and (not ends or ends["last"] >= self.figures["as_of"]):
                yield numbers[f"certification:{row['id']}"]

    def _listed(self, rows):
        """The sheet 佐证 lists the numbers of the index, and each of their files."""
        right = []
        for number, row in self.index.items():
            proofs = self.material["files"].get(self.ledger.marks.get(number, ""), ())
            files = [proof for proof in proofs if not proof.get("lacks_consent")]
            head = [number, *row[1:3]]
            right += [[*head, file["kind_name"], file["name"], f"{file['size']:,}"] for file in files]
            right += [] if files else [[*head, "缺", "—", "—"]]
        shown = [[row[0], *row[2:6], row[7]] for row in rows[1:]]
        for row, known in zip(shown, right, strict=False):
            if row != known:
                self._fault(f"佐证: {row}", f"should be {known}")
        if len(shown) != len(right):
            self._fault("佐证", f"{len(shown)} rows instead of {len(right)}")

    def _guide(self, sheets, names):
        figures = self.figures
        said = {row[0].text: row[1].text for row in sheets["说明"] if len(row) > 1}
        window = figures["window"]
        right = {
            "支部": figures["branch"]["name"],
            "统计区间": f"{window['start']} 至 {window['end']}（{window['label']}）",
            "统计时点": figures["as_of"],
            "校验码": figures["digest"],
        }
        for name, known in right.items():
            # The check sum is told once more further down.
            if said.get(name) != known and not (
                name == "校验码" and any(row[1].text == known for row in sheets["说明"])
            ):
                self._fault(f"说明 {name}: {said.get(name)}", f"should be {known}")
        for name in names:
            if f"，{len(sheets[name]) - 1:,}行。" not in said.get(name, ""):
                self._fault(f"说明 {name}: {said.get(name)}", f"has {len(sheets[name]) - 1} rows")
        for name, unit in (("数字一览", "个数字"), ("数据溯源", "行"), ("佐证", "行")):
            if f"{len(sheets[name]) - 1:,}{unit}" not in said[name]:
                self._fault(f"说明 {name}: {said[name]}", f"has {len(sheets[name]) - 1} {unit}")

    # ------------------------------------------------------------ PDF
    def _pdf(self):
        try:
            pages = read_pdf(self.files["report.pdf"])
        except AssertionError as error:
            self._fault("report.pdf", str(error))
            return
        reader = _Pages(pages)
        for part in self.word:
            if isinstance(part, Grid):
                reader.table(part)
            elif part.style not in ("PictureLine", "Gap"):
                reader.skip_chart = part.style == "Caption"
                reader.line(part.text)
            if reader.lost:
                self._fault(reader.lost, "report.pdf does not say what report.docx says")
                return
        if reader.rest():
            self._fault(reader.rest()[:80], "report.pdf says more than report.docx")
        for said in reader.charts:
            self._chart(said)

    def _chart(self, said):
        """The text of a chart: its legend, then the numbers of each category in order."""
        for name, pattern in (
            ("lines", self._lines()),
            ("months", self._months()),
            ("levels", self._levels()),
        ):
            if re.fullmatch(pattern, said):
                self.ledger.seen[f"chart of {name}"] += 1
                return
        self._fault(said, "no chart of these figures and records says that")

    def _lines(self):
        """2023年度2024年度单位:场 28党建联建…: last year's and this year's activities of each task line."""
        said = r".*单位:场"
        for line, word in words.LINES.items():
            key = f"activities.line:{line}"
            before = self.material["last_year"].get(key, {"value": "0"})
            said += f"{int(before['value']):,}{self.ledger.value(key):,f}{word}"
        return said

    def _months(self):
        """单位:场 01月…: the activities of each month; the year stands below January and the first month."""
        held = Counter(row["date"][:7] for row in self.material["activities"])
        first, last = self.ledger.start, self.ledger.end
        said, year, month = "单位:[场次]", int(first[:4]), int(first[5:7])
        while f"{year}-{month:02}" <= last[:7]:
            said += f"{held[f'{year}-{month:02}']}{month}月?(?:{year})?"
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return said

    def _levels(self):
        """国家级…学术论文11: the levels of each kind that are not zero, where there is room, and their sum."""
        said = r"\D*"
        for key, figure in self.ledger.figures.items():
            parts = [self.ledger.value(f"{key}:{level}") for level in words.LEVELS]
            if re.fullmatch(r"outcomes\.\w+", key) and any(parts):
                total = self.ledger.value(key)
                shown = "".join(f"(?:{part:f})?" for part in [*parts, total - sum(parts)] if part)
                said += f"{re.escape(bare(figure['label']))}{shown}{total:f}"
        return said

    # ------------------------------------------------------------ evidence pack
    def _pack(self):
        pack = read_pack(self.files["evidence.zip"])
        for number in self.index:
            record = self.ledger.marks.get(number, "")
            proofs, lacks = self.material["files"].get(record, ()), self.material["lacking"].get(record, "")
            files = [proof for proof in proofs if not proof.get("lacks_consent")]
            if len(pack.folders.get(number, ())) != len(files):
                self._fault(
                    number, f"{len(pack.folders.get(number, ()))} files in the pack instead of {len(files)}"
                )
            if bool(lacks or len(files) < len(proofs)) != (number in pack.missing):
                said = "lacks something and is not said to" if lacks else "lacks nothing and is said to"
                self._fault(number, said)
        for number in {*pack.folders, *pack.missing} - {*self.index}:
            self._fault(number, "of the pack is not in the index")


class _Pages:
    """Walks the text of a PDF along the text of the Word file."""

    def __init__(self, pages: list[str]):
        self.text, self.place = "\f".join(pages), 0
        self.lost, self.charts, self.skip_chart = "", [], False
        self.above: list[str] = []  # what is repeated at the head of a page: head and subheading of the table
        self.page, self.pages_of = 1, {}  # evidence number → the page of its first mention

    def rest(self) -> str:
        """What has not been read."""
        return self.text[self.place :].replace("\f", "")

    def line(self, said: str) -> None:
        """A paragraph stands here; a chart may stand before its caption."""
        self.above = []
        said = bare(said)
        if self.skip_chart and (at := self._find(said)) > self.place:
            if chart := self.text[self.place : at].replace("\f", ""):
                self.charts.append(chart)
            self.page += self.text.count("\f", self.place, at)
            self.place = at
        start = 0
        for mark in re.finditer(r"\(佐证(\d+-\d{2,})\)", said):
            self._eat(said[start : mark.start() + 1])
            self.pages_of.setdefault(mark[1], self.page)
            start = mark.start() + 1
        self._eat(said[start:])

    def table(self, grid: Grid) -> None:
        """The rows of a table stand here, the head again on each new page."""
        head = "".join(bare(cell) for cell in grid.head)
        self._turn()
        self.above = []
        self._eat(head)
        self.above = [head]
        for row in grid.rows[1:]:
            if len(row) == 1 and grid.width > 1:
                self.above = [head]
                self._eat(bare(row[0]))
                self.above = [head, bare(row[0])]
                continue
            if grid.head[-1] == "页":
                row = [*row[:-1], str(self.pages_of.get(row[0], "—"))]
            for cell, name in zip(row, grid.head, strict=True):
                self._eat(bare(cell), name == grid.head[-1] == "佐证")

    def _find(self, said) -> int:
        wanted = "".join(f"(?:{re.escape(sign)}|{MISSING_SIGN})" for sign in said)
        match = re.compile(wanted).search(self.text, self.place)
        return match.start() if match else -1

    def _eat(self, said: str, are_marks: bool = False) -> None:
        if self.lost:
            return
        numbers = {mark.start(): mark[0] for mark in _NUMBER.finditer(said)} if are_marks else {}
        for at, sign in enumerate(said):
            self._turn()
            if at in numbers:
                self.pages_of.setdefault(numbers[at], self.page)
            here = self.text[self.place : self.place + 1]
            if here != sign and here != MISSING_SIGN:
                around = self.text[max(self.place - 20, 0) : self.place + 30]
                self.lost = f"“{said[: at + 20]}” against “{around}”"
                return
            self.place += 1

    def _turn(self) -> None:
        """Turn the page, and pass over what is repeated at the head of a table that goes on."""
        while self.text.startswith("\f", self.place):
            self.place, self.page = self.place + 1, self.page + 1
            for repeated in self.above:
                if self.text.startswith(repeated, self.place):
                    self.place += len(repeated)
