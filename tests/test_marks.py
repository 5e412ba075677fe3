"""What was read of a certificate, shown in its form: filled, marked by how far it can be trusted, never silently."""

import pytest

from branch.forms import OwnCertificationForm
from branch.marks import ABSENT, CHECK, DERIVED_MARK, MISSED, SURE, Marks
from branch.models import Certification
from branch.reading.fields import DERIVED, Field, Reading
from tests import factories

pytestmark = pytest.mark.django_db
HOSTILE = "第 6 位像字母<script>alert(1)</script>"


def reading(**changed):
    """As HandIn.read holds it."""
    fields = {
        "type": Field("HCIP", True, confidence=0.99, box=(0.3, 0.4, 0.7, 0.5)),
        "direction": Field("Cloud Service", True, confidence=0.99, box=(0.3, 0.4, 0.7, 0.5)),
        "level": Field(),
        "number": Field("CLS-2024-0638172", False, box=(0.1, 0.6, 0.4, 0.63), page=1, hint=HOSTILE),
        "name": Field("唐婉宁", True, box=(0.4, 0.3, 0.6, 0.35)),
        "passed_on": Field("2024-12-11", True),
        "valid_until": Field("2027-12-10", True, DERIVED, hint="证书上没读到，按 HCIP 3 年推算"),
    }
    return Reading("华为", {**fields, **changed}, name_differs=False).to_json()


@pytest.fixture
def certification():
    member = factories.MemberFactory()
    return Certification(organisation=member.organisation, member=member)


def test_each_field_says_how_far_it_can_be_trusted():
    marks = Marks(reading())
    assert {name: mark.state for name, mark in marks.fields.items()} == {
        "type_name": SURE,
        "direction": SURE,
        "level": ABSENT,
        "number": CHECK,
        "passed_on": SURE,
        "valid_until": DERIVED_MARK,
    }
    assert (marks.found, marks.to_check, marks.name_differs) == (5, 1, False)
    assert (marks.fields["number"].box, marks.fields["number"].page) == ((0.1, 0.6, 0.4, 0.63), 1)


def test_what_is_derived_of_an_unsure_field_is_to_be_checked():
    marks = Marks(reading(valid_until=Field("2027-12-10", False, DERIVED, hint="按 HCIP 3 年推算")))
    assert marks.fields["valid_until"].state == CHECK


def test_files_that_could_not_be_read_are_told_as_people_count():
    assert Marks(reading() | {"unreadable": [1, 2]}).unreadable == [2, 3]
    assert Marks({}).unreadable == []


def test_what_stands_on_any_certificate_and_was_not_read_is_marked(certification):
    marks = Marks(reading(number=Field(), passed_on=Field()))
    states = {name: mark.state for name, mark in marks.fields.items()}
    assert (states["number"], states["passed_on"], states["level"]) == (MISSED, MISSED, ABSENT)
    assert (marks.found, marks.to_check) == (3, 2)
    page = str(marks.onto(OwnCertificationForm(instance=certification, initial=marks.initial)))
    assert page.count("没读到</span>") == 2


def test_nothing_read_fills_and_marks_nothing():
    marks = Marks({})
    assert marks.initial == {}
    assert {mark.state for mark in marks.fields.values()} == {ABSENT}


def test_a_form_shows_marks_and_hints_and_escapes_what_stood_on_the_paper(certification):
    marks = Marks(reading())
    page = str(marks.onto(OwnCertificationForm(instance=certification, initial=marks.initial)))
    assert [page.count(word) for word in ("识别清楚", "请核对", "推算</span>")] == [3, 1, 1]
    assert 'data-box="0.1000 0.6000 0.4000 0.6300" data-page="1"' in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "证书上没读到，按 HCIP 3 年推算" in page


def test_what_was_typed_instead_has_no_mark(certification):
    posted = {"type_name": "HCIP", "number": "CLS-2O24-0638172", "passed_on": "2024-12-11"}
    form = Marks(reading()).onto(OwnCertificationForm(posted, instance=certification))
    assert not hasattr(form.fields["number"], "mark")
    assert form.fields["type_name"].mark.state == SURE
