"""One's own notices: read by opening them or by the button; the shell says how many wait."""

import pytest

from branch.services import verify_certification
from core.models import Notice
from core.notices import notify
from tests.factories import CertificationFactory, NoticeFactory

pytestmark = pytest.mark.django_db


def test_opening_a_notice_reads_it_and_leads_to_its_page(cast, sign_in):
    client = sign_in(cast.bob)
    notice, other = NoticeFactory(user=cast.bob, url="/me/?window=2024"), NoticeFactory(user=cast.bob)
    assert "通知，2 条未读" in client.get("/me/").content.decode()
    assert client.get(f"/notices/{notice.pk}/").url == "/me/?window=2024"
    assert "通知，1 条未读" in client.get("/me/").content.decode()
    assert client.get(f"/notices/{other.pk}/").url == "/notices/"
    assert "条未读" not in client.get("/me/").content.decode()
    notice.refresh_from_db()
    assert notice.read_at


def test_one_button_reads_all_of_ones_own(cast, sign_in):
    for user in (cast.bob, cast.bob, cast.alice):
        NoticeFactory(user=user)
    client = sign_in(cast.bob)
    page = client.get("/notices/")
    assert len(page.context["notices"]) == 2
    assert client.post("/notices/").url == "/notices/"
    assert list(Notice.objects.unread().values_list("user__username", flat=True)) == ["alice"]
    assert "全部标为已读" not in client.get("/notices/").content.decode()


def test_nobody_opens_somebody_elses(cast, sign_in):
    notice = NoticeFactory(user=cast.bob)
    assert sign_in(cast.alice).get(f"/notices/{notice.pk}/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_many_notices_are_paged_the_newest_first(cast, sign_in):
    for number in range(60):
        NoticeFactory(user=cast.bob, text=f"第 {number} 条")
    client = sign_in(cast.bob)
    first = client.get("/notices/")
    assert [str(first.context["notices"][0]), len(first.context["notices"])] == ["第 59 条", 50]
    second = client.get("/notices/", {"cursor": first.context["following"]})
    assert [str(notice) for notice in second.context["notices"]] == [f"第 {n} 条" for n in range(9, -1, -1)]


def test_what_has_a_key_is_told_once_and_long_text_is_cut(cast):
    for _ in range(2):
        notify(cast.bob.pk, "字" * 300, organisation=cast.north, key="k")
    assert len(Notice.objects.get().text) == 200


def test_a_reviewed_certificate_is_one_press_away(cast, sign_in):
    certification = CertificationFactory(member=cast.bob_member)
    verify_certification(certification, by=cast.alice)
    client = sign_in(cast.bob)
    page = client.get(f"/notices/{Notice.objects.get().pk}/")
    assert page.url == f"/certifications/{certification.pk}/"
    assert client.get(page.url).status_code == 200
