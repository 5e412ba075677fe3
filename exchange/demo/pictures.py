"""Evidence for the demo, drawn rather than photographed: scenes, sheets and certificates without a letter on them.

No fonts are needed, and the same seed gives the same picture.
"""

from __future__ import annotations

import io
import math
import random

from PIL import Image, ImageDraw

PAPER, INK, RED, GOLD = (250, 248, 242), (70, 74, 82), (178, 58, 46), (196, 158, 84)
SKIN = [(236, 198, 166), (224, 182, 150), (242, 208, 180)]
CLOTHES = [(84, 110, 150), (150, 88, 84), (96, 136, 112), (120, 104, 146), (176, 140, 92), (88, 92, 104)]


def draw(kind: str, seed: str, *, outdoors: bool = False) -> tuple[bytes, str]:
    """A picture of the kind (an Attachment.Kind; a photo may be taken outdoors) and the ending of its file name."""
    chance = random.Random(f"{kind}:{seed}")
    if kind == "photo":
        return _bytes(_scene(chance, outdoors), "JPEG"), "jpg"
    image = {"certificate": _certificate, "cover": _cover, "sign_in_sheet": _sheet}.get(kind, _letter)(chance)
    return _bytes(image, "PNG"), "png"


def _bytes(image, form) -> bytes:
    buffer = io.BytesIO()
    if form == "JPEG":
        image.save(buffer, "JPEG", quality=64, optimize=True)
    else:
        image.convert("P", palette=Image.Palette.ADAPTIVE, colors=32).save(buffer, "PNG")
    return buffer.getvalue()


def _scene(chance, outdoors):
    """People in a room before a screen, or outdoors at a stall."""
    width, height = 640, 420
    wall = (188, 214, 232) if outdoors else chance.choice([(226, 220, 206), (214, 222, 222), (230, 224, 216)])
    image = Image.new("RGB", (width, height), wall)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 270, width, height), fill=(150, 172, 128) if outdoors else (172, 156, 138))
    if outdoors:
        for x in range(-20, width, 90):
            top = 90 + chance.randrange(60)
            pen.rectangle((x, top, x + 78, 270), fill=(206 - chance.randrange(30), 208, 210))
        x = 150 + chance.randrange(160)
        pen.rectangle((x, 210, x + 220, 300), fill=(236, 236, 230))
        pen.polygon([(x - 16, 150), (x + 110, 110), (x + 236, 150)], fill=RED)
        pen.line((x, 150, x, 210), fill=INK, width=4)
        pen.line((x + 220, 150, x + 220, 210), fill=INK, width=4)
    else:
        left = 180 + chance.randrange(80)
        pen.rectangle((left - 6, 44, left + 266, 196), fill=INK)
        pen.rectangle((left, 50, left + 260, 190), fill=(238, 243, 248))
        pen.rectangle((left + 16, 64, left + 150, 76), fill=RED)
        for row in range(4):
            pen.rectangle(
                (left + 16, 92 + row * 22, left + 110 + chance.randrange(120), 100 + row * 22),
                fill=(140, 152, 168),
            )
        pen.rectangle((0, 20, width, 26), fill=RED)
    count = 5 + chance.randrange(5)
    for place in range(count):
        x = int((place + 0.5) * width / count) + chance.randrange(-14, 15)
        _person(pen, x, 300 + chance.randrange(50), 0.9 + chance.random() * 0.35, chance)
    return image


def _person(pen, x, y, size, chance):
    head, body = int(20 * size), int(46 * size)
    cloth = chance.choice(CLOTHES)
    pen.rounded_rectangle(
        (x - body // 2 - 8, y, x + body // 2 + 8, y + 140), radius=int(24 * size), fill=cloth
    )
    pen.ellipse((x - head, y - 2 * head + 4, x + head, y + 4), fill=chance.choice(SKIN))
    pen.pieslice((x - head - 2, y - 2 * head, x + head + 2, y + 4), 180, 360, fill=(52, 46, 44))


def _lines(pen, chance, left, top, right, rows, step, fill=INK):
    """Text that cannot be read."""
    for row in range(rows):
        y, x = top + row * step, left
        while x < right - 12:
            width = min(6 + chance.randrange(30), right - x)
            pen.rectangle((x, y, x + width, y + 5), fill=fill)
            x += width + 5
            if row == rows - 1 and x > left + (right - left) * 0.6:
                break


def _seal(pen, x, y, radius, chance):
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=RED, width=4)
    star = [
        (x + (radius * 0.45 if k % 2 == 0 else radius * 0.18) * math.sin(k * math.pi / 5),
         y - (radius * 0.45 if k % 2 == 0 else radius * 0.18) * math.cos(k * math.pi / 5))
        for k in range(10)
    ]  # fmt: skip
    pen.polygon(star, fill=RED)
    for k in range(12):
        angle = math.pi * (0.75 + 1.5 * k / 11)
        cx, cy = x + radius * 0.76 * math.cos(angle), y + radius * 0.76 * math.sin(angle)
        pen.rectangle((cx - 2, cy - 2 - chance.randrange(2), cx + 2, cy + 2), fill=RED)


def _certificate(chance):
    image = Image.new("RGB", (600, 420), PAPER)
    pen = ImageDraw.Draw(image)
    for inset in (12, 18):
        pen.rectangle((inset, inset, 600 - inset, 420 - inset), outline=GOLD, width=3)
    pen.rectangle((190, 56, 410, 84), fill=RED)
    _lines(pen, chance, 90, 140, 510, 5, 26)
    _lines(pen, chance, 90, 330, 240, 2, 22)
    _seal(pen, 460, 330, 44, chance)
    return image


def _cover(chance):
    colour = chance.choice([(52, 84, 120), (44, 100, 92), (122, 62, 58), (92, 78, 122)])
    image = Image.new("RGB", (420, 580), colour)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 34, 580), fill=tuple(part - 18 for part in colour))
    pen.rectangle((70, 70, 330 + chance.randrange(40), 104), fill=PAPER)
    pen.rectangle((70, 122, 220 + chance.randrange(60), 134), fill=(214, 216, 220))
    for k in range(7):
        r = 30 + 14 * k
        pen.ellipse(
            (240 - r, 340 - r, 240 + r, 340 + r),
            outline=tuple(min(255, part + 24 + 8 * k) for part in colour),
            width=3,
        )
    pen.rectangle((70, 520, 200, 530), fill=(224, 226, 228))
    return image


def _sheet(chance):
    image = Image.new("RGB", (460, 620), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((130, 36, 330, 54), fill=INK)
    for y in range(84, 590, 28):
        pen.line((36, y, 424, y), fill=(168, 168, 164), width=1)
    for x in (36, 84, 210, 330, 424):
        pen.line((x, 84, x, 588), fill=(168, 168, 164), width=1)
    for row in range(12 + chance.randrange(6)):
        y = 98 + 28 * row
        pen.rectangle((54, y - 3, 66, y + 3), fill=INK)
        for left in (96, 222, 342):  # handwriting
            points = [(left + 9 * k, y + chance.randrange(-7, 8)) for k in range(6 + chance.randrange(3))]
            pen.line(points, fill=(44, 62, 110), width=2, joint="curve")
    return image


def _letter(chance):
    """A notice, a contents page, a host's letter, an agreement's last page."""
    image = Image.new("RGB", (460, 620), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((120, 56, 340, 78), fill=INK)
    _lines(pen, chance, 56, 120, 404, 11 + chance.randrange(5), 26)
    _lines(pen, chance, 270, 524, 404, 2, 24)
    _seal(pen, 340, 530, 46, chance)
    return image
