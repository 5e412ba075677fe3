"""The map of certificates as a browser shows it: many types beside many members, on the desk and on the phone."""

import pytest
from playwright.sync_api import expect

from core.links import record_url
from tests.cast import cast, sign_in  # noqa: F401
from tests.factories import CertificationFactory, CertificationTypeFactory, MemberFactory
from tests.pages import faults_of

MAP = "/certifications/map/?on=2026-12-31"


def fill(place):
    """Twelve types, thirty members, every state; the member and the certificate that come first."""
    states = [
        {"valid_until": ""},
        {"valid_until": "2027-02-01"},
        {"valid_until": "2026-06-30"},
        {"status": "pending"},
        {"status": "returned"},
    ]
    types = [CertificationTypeFactory(name=f"认证类型{number:02}") for number in range(12)]
    for number in range(30):
        member = MemberFactory(organisation=place, name=f"党员{number:02}", name_pinyin=f"aa {number:02}")
        for at in range(0, 12, 1 + number % 4):
            made = CertificationFactory(
                member=member, type=types[at], direction="Cloud", **states[(number + at) % 5]
            )
            if (number, at) == (0, 11):
                last = made
    return last


@pytest.mark.django_db(transaction=True)
def test_the_map_reads_well_on_the_desk_and_on_the_phone(cast, browse):  # noqa: F811
    last = fill(cast.north)
    page = browse(cast.alice)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(MAP)
    assert faults_of(page) == []
    expect(page.get_by_role("region", name="证书地图")).to_be_visible()
    mark = page.locator(f'a[href="{record_url(last)}"]')
    name = page.get_by_role("rowheader", name="党员00")
    before = name.bounding_box()["x"]
    # By the keyboard to the last column; whose row it is stays in sight.
    mark.focus()
    expect(mark).to_be_in_viewport(ratio=1)
    expect(name).to_be_in_viewport(ratio=1)
    assert abs(name.bounding_box()["x"] - before) < 1
    mark.click()
    expect(page).to_have_url(page.url.partition("/cert")[0] + record_url(last))

    phone = browse(cast.alice, phone=True)
    phone.set_viewport_size({"width": 360, "height": 740})
    phone.goto(MAP)
    assert faults_of(phone) == []
    row = phone.get_by_role("row", name="党员00")
    expect(row.locator('[data-label="认证类型11"]')).to_be_visible()
    expect(phone.locator("td", has_text="无").first).to_be_hidden()
    phone.get_by_label("日期").fill("2027-03-01")
    phone.get_by_role("button", name="查看").click()
    expect(phone.get_by_role("heading", name="2027年3月1日")).to_be_visible()
    for url in ("/certifications/", "/settings/downloads/", "/me/downloads/"):
        phone.goto(url)
        assert faults_of(phone) == [], url
