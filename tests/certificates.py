"""Pictures of certificates that nobody holds, photographed well and badly; the same seed gives the same pictures."""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass

import cv2
import numpy as np
from django.conf import settings
from PIL import Image, ImageDraw, ImageFilter, ImageFont

CLEAN, MILD, SEVERE = "clean", "mild", "severe"
PEOPLE = [
    ("唐婉宁", "TANG WANNING"), ("周启明", "ZHOU QIMING"), ("许知远", "XU ZHIYUAN"), ("何雨桐", "HE YUTONG"),
    ("林若溪", "LIN RUOXI"), ("郑海波", "ZHENG HAIBO"), ("沈一鸣", "SHEN YIMING"), ("方子墨", "FANG ZIMO"),
]  # fmt: skip
TRACKS = [
    "Cloud Service",
    "Datacom",
    "Storage",
    "AI Solution Architect",
    "Security",
    "Big Data",
    "openEuler",
    "WLAN",
]
LEVELS = {"HCIA": ("Associate", "工程师"), "HCIP": ("Professional", "高级工程师"), "HCIE": ("Expert", "专家")}
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True)
class Certificate:
    """A picture and what is printed on it; fields: those of branch.reading, "" for what is not printed."""

    name: str
    severity: str
    layout: str
    fields: dict[str, str]
    member: str
    data: bytes


def font(size: int, *, bold=False, serif=True):
    """A font of the reports."""
    family = "NotoSerifSC" if serif else "NotoSansSC"
    name = f"{family}_700Bold.ttf" if bold else f"{family}_400Regular.ttf"
    return ImageFont.truetype(str(settings.FONT_DIR / name), size)


def invent(chance: random.Random, layout: str) -> tuple[dict[str, str], str]:
    """Fields of a certificate, and the member's name."""
    person, latin = chance.choice(PEOPLE)
    kind, track = chance.choice(list(LEVELS)), chance.choice(TRACKS)
    year, month, day = chance.randint(2019, 2025), chance.randint(1, 12), chance.randint(1, 28)
    end = (year + 3, month, day - 1) if day > 1 else (year + 3, month, day)
    digits = "".join(chance.choice("0123456789") for _ in range(chance.choice([7, 12, 16])))
    number = chance.choice([f"CLS-{year}-{digits[:7]}", f"HW{digits}", digits, f"ZS{year}{digits[:7]}"])
    fields = {
        "type": kind,
        "direction": track,
        "level": LEVELS[kind][1] if layout != "generic" else "",
        "number": number,
        "name": latin if layout == "english" else person,
        "passed_on": f"{year}-{month:02d}-{day:02d}",
        "valid_until": "{}-{:02d}-{:02d}".format(*end) if chance.random() < 0.6 else "",
    }
    return fields, person


def draw(fields: dict[str, str], layout: str, chance: random.Random, *, code=False) -> Image.Image:
    """The certificate as it is printed, 1754 × 1240."""
    paper = Image.new("RGB", (1754, 1240), (253, 252, 246))
    pen = ImageDraw.Draw(paper)
    pen.rectangle((50, 50, 1704, 1190), outline=(150, 120, 60), width=6)
    pen.rectangle((66, 66, 1688, 1174), outline=(190, 170, 120), width=2)
    serif = chance.random() < 0.6

    def middle(y, text, size, **how):
        pen.text((877, y), text, fill=(35, 32, 30), font=font(size, serif=serif, **how), anchor="mm")

    def pairs(items, y=800):
        above = chance.random() < 0.4
        for place, (label, value) in enumerate(items):
            x, at = (160, y + place * 100) if above else (160, y + place * 76)
            if above:
                pen.text((x, at), label, fill=(90, 90, 90), font=font(26, serif=serif))
                pen.text((x, at + 36), value, fill=(30, 30, 30), font=font(36, serif=serif))
            else:
                colon = "：" if layout != "english" else ": "
                pen.text((x, at), label + colon + value, fill=(30, 30, 30), font=font(36, serif=serif))

    kind = f"{fields['type']}-{fields['direction']}"
    ict, chinese = LEVELS[fields["type"]]
    if layout == "english":
        middle(170, "HUAWEI", 72, bold=True)
        middle(270, "CERTIFICATE", 44)
        middle(370, "This is to certify that", 34)
        middle(450, fields["name"], 58, bold=True)
        middle(540, "has successfully completed the requirements of", 32)
        middle(620, f"Huawei Certified ICT {ict}", 44)
        middle(700, kind, 54, bold=True)
        items = [("Certificate No.", fields["number"]), ("Issue Date", english(fields["passed_on"], chance))]
        items += [("Valid Until", english(fields["valid_until"], chance))] if fields["valid_until"] else []
    elif layout == "chinese":
        middle(170, "认 证 证 书", 76, bold=True)
        middle(250, "CERTIFICATE", 30)
        middle(390, f"兹证明  {fields['name']}  通过考核，获得", 44)
        middle(500, kind, 60, bold=True)
        middle(590, f"华为认证ICT{chinese}", 38)
        items = [("证书编号", fields["number"]), ("通过日期", numeric(fields["passed_on"], chance))]
        items += [("有效期至", numeric(fields["valid_until"], chance))] if fields["valid_until"] else []
        pen.text((1250, 1080), "华为技术有限公司", fill=(40, 40, 40), font=font(34, serif=serif))
    else:
        middle(170, "职业技能认证证书", 70, bold=True)
        items = [
            ("姓名", fields["name"]),
            ("认证名称", kind),
            ("证书编号", fields["number"]),
            ("颁证日期", numeric(fields["passed_on"], chance)),
        ]
        items += [("有效期至", numeric(fields["valid_until"], chance))] if fields["valid_until"] else []
    pairs(items, 800 if layout != "generic" else 420)
    pen.ellipse((1330, 820, 1560, 1050), outline=(200, 60, 60), width=7)
    if code:
        paper.paste(qr(f"https://verify.example.com/c?no={fields['number']}"), (1100, 850))
    return paper


def qr(text: str) -> Image.Image:
    """A QR code."""
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(np.array(code.to_image(scale=5))).convert("RGB").resize((190, 190), 0)


def english(day: str, chance: random.Random) -> str:
    year, month, number = (int(part) for part in day.split("-"))
    name = MONTHS[month - 1]
    return chance.choice(
        [f"{name} {number}, {year}", f"{name[:3]} {number}, {year}", f"{number} {name} {year}", day]
    )


def numeric(day: str, chance: random.Random) -> str:
    year, month, number = (int(part) for part in day.split("-"))
    chinese = f"{year}年{month}月{number}日"
    return chance.choice([chinese, f"{year} 年 {month} 月 {number} 日", day, day.replace("-", ".")])


def photograph(paper: Image.Image, chance: random.Random, severity: str) -> Image.Image:
    """The paper on a table, as a phone sees it."""
    megapixels = chance.choice({CLEAN: [2, 5, 12], MILD: [2, 5, 12], SEVERE: [1, 2, 5]}[severity])
    side = math.sqrt(megapixels * 1e6 / 12)
    width, height = round(side * 4), round(side * 3)
    shrink = chance.uniform(0.84, 0.95)
    angle = {
        CLEAN: chance.choice([0, 0, 90, 180, 270]),
        MILD: chance.choice([0, 90, 180, 270]) + chance.uniform(-8, 8),
        SEVERE: chance.uniform(0, 360),
    }[severity]
    lean = {CLEAN: 0, MILD: 0.03, SEVERE: 0.07}[severity]
    corners = np.array([(-1.0, -0.707), (1, -0.707), (1, 0.707), (-1, 0.707)])
    corners += [[chance.uniform(-lean, lean) for _ in range(2)] for _ in range(4)]
    turn = math.radians(angle)
    corners = corners @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    if abs(math.sin(turn)) > abs(math.cos(turn)):
        width, height = height, width
    corners *= shrink / 2 * min(width / np.ptp(corners[:, 0]) * 2, height / np.ptp(corners[:, 1]) * 2)
    corners += (width / 2, height / 2)
    source = np.array(
        [(0, 0), (paper.width, 0), (paper.width, paper.height), (0, paper.height)], dtype=np.float32
    )
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    # Rendered at twice the size and reduced, as a lens does.
    twice = np.diag([2.0, 2.0, 1.0]) @ matrix if megapixels < 5 else matrix
    factor = 2 if megapixels < 5 else 1
    scene = cv2.warpPerspective(
        np.asarray(paper),
        twice,
        (width * factor, height * factor),
        flags=cv2.INTER_LINEAR,
        borderValue=(62, 52, 44),
    )
    scene = cv2.resize(scene, (width, height), interpolation=cv2.INTER_AREA)
    return light(Image.fromarray(scene), chance, severity)


def light(picture: Image.Image, chance: random.Random, severity: str) -> Image.Image:
    """Shadow, glare, low light, blur, noise."""
    if severity == CLEAN:
        return picture
    pixels = np.asarray(picture).astype(np.float32)
    height, width = pixels.shape[:2]
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    strength = 0.35 if severity == MILD else 0.6
    effects = chance.sample(["shadow", "glare", "dark", "blur"], 1 if severity == MILD else 2)
    if "shadow" in effects:
        edge = (
            across * math.cos(t := chance.uniform(0, 6.28)) + down * math.sin(t) - chance.uniform(-0.2, 0.8)
        )
        pixels *= (1 - strength / (1 + np.exp(-edge * 30)))[..., None]
    if "glare" in effects:
        x, y = chance.uniform(0.2, 0.8), chance.uniform(0.2, 0.8)
        spot = np.exp(-((across - x) ** 2 + (down - y) ** 2) / (0.004 if severity == MILD else 0.012))
        pixels += (spot * (120 if severity == MILD else 230))[..., None]
    if "dark" in effects:
        pixels *= 0.55 if severity == MILD else 0.25
    noise = np.random.default_rng(chance.randrange(2**32)).normal(
        0, 3 if severity == MILD else 9, pixels.shape
    )
    picture = Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))
    if "blur" in effects:
        radius = max(width, height) / 1600 * (0.7 if severity == MILD else 1.5)
        picture = picture.filter(ImageFilter.GaussianBlur(radius))
    return picture


def make_certificate(seed: str, layout: str, severity: str) -> Certificate:
    """One photographed certificate. layout: english, chinese or generic."""
    chance = random.Random(seed)
    fields, member = invent(chance, layout)
    paper = draw(fields, layout, chance, code=chance.random() < 0.3)
    data = io.BytesIO()
    photograph(paper, chance, severity).save(data, "JPEG", quality=90 if severity != SEVERE else 70)
    return Certificate(seed, severity, layout, fields, member, data.getvalue())


def certificates(seed: str, count: int = 40):
    """The set of a seed: three in ten clean, four mild, three severe; the layouts in turn."""
    severities = [CLEAN, MILD, SEVERE, MILD, CLEAN, MILD, SEVERE, MILD, CLEAN, SEVERE]
    for number in range(count):
        layout = ("english", "chinese", "generic")[number % 3]
        yield make_certificate(f"{seed}-{number}", layout, severities[number % 10])
