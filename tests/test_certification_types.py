"""How long certificates of a type hold is the installation's to say; what was entered before keeps its end."""

import pytest
from django.urls import reverse

from branch import services
from branch.models import Certification, CertificationType
from core.dates import Window
from core.models import Change
from exchange.services import import_workbook
from reports.figures import compute
from tests import workbooks
from tests.factories import CertificationFactory

pytestmark = pytest.mark.django_db
LIST = reverse("branch:certification_types")


@pytest.fixture
def hcip(db):
    return CertificationType.objects.get(name="HCIP")


@pytest.fixture
def diana(cast, sign_in):
    """The admin of the root organisation."""
    return sign_in(cast.diana)


def edit_of(kind):
    return reverse("branch:certification_type", args=[kind.pk])


def shown(client, kind):
    form = client.get(edit_of(kind)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def test_a_new_validity_is_that_of_what_is_entered_from_now_on(diana, cast, hcip):
    before = services.hand_in_certification(cast.bob_member, "HCIP", passed_on="2024-03-01", by=None)
    answer = diana.post(edit_of(hcip), shown(diana, hcip) | {"validity_months": "24"}, follow=True)
    assert "已保存“HCIP”，以后登记的证书照此推算" in answer.text
    after = services.hand_in_certification(cast.bob_member, "HCIP", passed_on="2024-03-02", by=None)
    before.refresh_from_db()
    assert [str(made.valid_until) for made in (before, after)] == ["2027-02-28", "2026-03-01"]
    change = Change.objects.about(hcip).get()
    assert (change.actor, change.changes) == (cast.diana, {"有效期": ["36 个月", "24 个月"]})
    assert "把有效期从" in diana.get(edit_of(hcip)).text


def test_a_type_may_have_no_validity(diana, cast, hcip):
    diana.post(edit_of(hcip), shown(diana, hcip) | {"validity_months": "", "issuer": "某机构"})
    hcip.refresh_from_db()
    assert (hcip.validity_months, hcip.issuer) == (None, "某机构")
    made = services.hand_in_certification(cast.bob_member, "HCIP", passed_on="2024", by=None)
    assert made.valid_until is None


@pytest.mark.parametrize("months", ["0", "-1", "601", "三年"])
def test_what_is_no_number_of_months_is_told(diana, hcip, months):
    answer = diana.post(edit_of(hcip), shown(diana, hcip) | {"validity_months": months})
    assert answer.context["form"].errors["validity_months"]
    hcip.refresh_from_db()
    assert hcip.validity_months == 36


def test_saving_what_stands_writes_no_history(diana, hcip):
    diana.post(edit_of(hcip), shown(diana, hcip))
    assert not Change.objects.about(hcip).exists()


def test_of_two_editors_the_later_one_finds_out_and_keeps_what_was_typed(diana, hcip):
    first = shown(diana, hcip)
    diana.post(edit_of(hcip), first | {"validity_months": "24"})
    answer = diana.post(edit_of(hcip), first | {"validity_months": "48"})
    assert "刚才有人改过这个类型" in answer.text
    form = answer.context["form"]
    assert form["validity_months"].value() == "48"
    diana.post(edit_of(hcip), {name: form[name].value() for name in form.fields})
    hcip.refresh_from_db()
    assert hcip.validity_months == 48


def test_the_list_says_how_many_there_are_and_how_many_have_no_end(diana, cast, hcip):
    CertificationFactory(member=cast.bob_member)
    CertificationFactory(member=cast.bob_member, valid_until="2027")
    trashed = CertificationFactory(member=cast.charlie_member)
    services.trash_certification(trashed, by=None)
    kind = next(kind for kind in diana.get(LIST).context["types"] if kind == hcip)
    assert (kind.number, kind.without_end) == (2, 1)
    assert LIST in diana.get(reverse("core:settings")).text


def test_an_empty_cell_of_a_workbook_still_means_that_it_does_not_expire(cast):
    """Interfaces, reading 6: figures of an imported year do not change because a type has a validity."""
    rows = workbooks.small()
    for row in rows["认证"]:
        row.update({"认证类型": "HCIP", "有效期至": "", "状态": "已核验"})
    import_workbook(cast.south, workbooks.build(rows), by=None)
    assert {str(made.type): made.valid_until for made in Certification.objects.all()} == {"HCIP": None}
    figures = compute([cast.south.pk], Window.year(2099))[cast.south.pk]
    assert figures["certifications.holders:HCIP"].value == len(rows["认证"])


def test_others_find_no_such_page(cast, sign_in, hcip):
    for person in (cast.alice, cast.bob, cast.frank):
        client = sign_in(person)
        assert client.get(LIST).status_code == 404
        assert client.post(edit_of(hcip), {"validity_months": "1", "version": "0"}).status_code == 404
        assert LIST not in client.get(reverse("core:settings")).text


def test_what_has_no_end_though_its_type_has_one_can_be_listed(cast, sign_in):
    bare = CertificationFactory(member=cast.bob_member)
    CertificationFactory(member=cast.bob_member, valid_until="2027")
    services.hand_in_certification(cast.bob_member, "软考", passed_on="2024", by=None)
    client, url = sign_in(cast.alice), reverse("branch:certification_list")
    assert list(client.get(f"{url}?validity=without_end").context["list"].rows) == [bare]
    assert "没填有效期" in client.get(url).text
    Certification.objects.filter(pk=bare.pk).update(
        valid_until_first="2027-01-01", valid_until_last="2027-12-31"
    )
    assert "没填有效期" not in client.get(url).text
