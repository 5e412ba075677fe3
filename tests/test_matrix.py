"""Every URL × GET and POST × everybody: who gets in, who may only read, for whom it does not exist.

The URLs are walked, the expectation is declared: one row a URL in MATRIX. A URL without a row fails, and so does a row
without a URL. Adding a page means adding a line here:

    "app:page": page("alice", "diana", at=lambda world: [world.activity.pk])

What a person meets is one word: `in` (also a form that comes back with its errors), `refused` (403), `hidden` (404),
`login` (sent to the log-in page, or 401), `method` (405). In addition nobody who is not of North may find a word of
North's records in any answer.
"""

import contextlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from rest_framework.authtoken.models import Token

from core.files import accept, store_file
from core.models import Change
from exchange import uploads
from exchange.services import export_workbook
from reports.figures import freeze
from tests import factories
from tests.cast import PEOPLE
from tests.documents import material_of
from tests.uploads import photo

pytestmark = pytest.mark.django_db

IN, REFUSED, HIDDEN, LOGIN, METHOD = "in", "refused", "hidden", "login", "method"
SIGNED_IN = [person for person in PEOPLE if person != "eve"]
EDITORS = ["alice", "diana"]
READERS = [*EDITORS, "frank"]
BRANCH = [*READERS, "bob"]
ADMINISTRATORS = ["alice", "charlie", "diana"]  # each of their own place
STRANGERS = ["charlie", "grace", "eve"]  # to North
SECRET = "北楼"  # stands in every record of North


# ---------------------------------------------------------------- what a row says
@dataclass(frozen=True)
class Row:
    """What each person meets on GET and on POST; `at`: the world → the URL's arguments; `data`: what is posted."""

    get: dict[str, str]
    post: dict[str, str]
    at: Callable = lambda world: []
    data: Callable = lambda world: {}


def who(allowed, refused=(), others=HIDDEN, eve=LOGIN):
    return (
        dict.fromkeys(SIGNED_IN, others)
        | {"eve": eve}
        | dict.fromkeys(refused, REFUSED)
        | dict.fromkeys(allowed, IN)
    )


NOBODY = who([])
NOT_THIS_WAY = who([], others=METHOD)


def page(*readers, refused=(), at=Row.at):
    """A page to read, for these; for others of North's records it does not exist."""
    return Row(who(readers, refused), NOT_THIS_WAY, at)


def form(*editors, refused=(), at=Row.at):
    """A page with a form; `refused`: who may read but not write what it changes."""
    return Row(who(editors, refused), who(editors, refused), at)


def button(*editors, refused=(), at=Row.at, data=Row.data):
    """What only a POST may do."""
    return Row(NOT_THIS_WAY, who(editors, refused), at, data)


def _pk(name):
    return lambda world: [getattr(world, name).pk]


def trashed(name):
    """The record of the world, in the trash."""

    def at(world):
        record = getattr(world, name)
        type(record).objects.filter(pk=record.pk).update(deleted_at=timezone.now())
        return [record.pk]

    return at


def written(app, name, record, readers_only=("frank",)):
    """The pages by which a kind of record is written: new, edited, into the trash and back. Whoever edits a branch of
    their own may begin a new record there; whoever only reads is refused; for the others there is no such record."""
    return {
        f"{app}:{name}_new": form("alice", "charlie", "diana", refused=["bob", "frank", "grace"]),
        f"{app}:{name}_edit": form(*EDITORS, refused=readers_only, at=_pk(record)),
        f"{app}:{name}_trash": button(*EDITORS, refused=readers_only, at=_pk(record)),
        f"{app}:{name}_restore": button(*EDITORS, at=trashed(record)),
    }


def everybody(post=IN, at=Row.at):
    """Public: no account needed."""
    met = dict.fromkeys(PEOPLE, IN)
    return Row(met, met if post == IN else dict.fromkeys(PEOPLE, post), at)


def open_way(row):
    """The view asks for the log-in itself: that it goes not this way is said before."""
    get, post = (met | {"eve": METHOD} if met == NOT_THIS_WAY else met for met in (row.get, row.post))
    return replace(row, get=get, post=post)


def own(post=True):
    """About one's own account: whoever is signed in."""
    met = who(SIGNED_IN)
    return Row(met, met if post else NOT_THIS_WAY)


# ---------------------------------------------------------------- the rows
def _account(world):
    return [world.cast.bob.pk]


def _north(world):
    return ["north"]


def _hand_in(world):
    return [world.hand_in.key]


def _page_of_hand_in(world):
    return [world.hand_in.key, world.hand_in.files.get().pk]


# Page of a record → the record in the world, and who reads it. The API has the same under its own names.
DETAILS = {
    "branch:member_detail": (_pk("member"), READERS),
    "branch:certification_detail": (_pk("certification"), READERS),
    "branch:programme_detail": (_pk("programme"), READERS),
    "partnerships:partner_detail": (_pk("partner"), READERS),
    "partnerships:agreement_detail": (_pk("agreement"), READERS),
    "partnerships:planitem_detail": (_pk("plan_item"), READERS),
    "activities:activity_detail": (_pk("activity"), BRANCH),
    "activities:feedback_detail": (_pk("feedback"), BRANCH),
    "outcomes:outcome_detail": (_pk("outcome"), READERS),
    "workbench:target_detail": (_pk("target"), READERS),
}
LISTS = [name.replace("_detail", "_list") for name in DETAILS]


def _short(name):
    return name.partition(":")[2].partition("_")[0]


MATRIX = {
    "healthz": everybody(post=METHOD),
    # -- core: the way in, settings, accounts
    "core:welcome": Row(who([], eve=HIDDEN), who([], eve=HIDDEN)),
    "core:password_link": everybody(at=lambda world: world.link),
    # A form saves itself for whoever it was drawn for; a post that does not say so is refused by 409.
    "core:draft": button(*SIGNED_IN),
    "core:view_save": button(*SIGNED_IN),
    "core:view_remove": button(*SIGNED_IN),
    "core:trash": page("alice", "charlie", "diana", refused=["bob", "frank", "grace"]),
    # What proves a record is set for the installation; here the college is its root.
    "core:proof_rules": page("diana"),
    "core:proof_rule_new": form("diana", at=lambda world: ["activities.activity"]),
    "core:proof_rule_edit": form("diana", at=_pk("rule")),
    "core:proof_rule_remove": button("diana", at=_pk("rule")),
    "core:notice_list": own(),
    "core:notice_open": page("bob", at=_pk("notice")),
    "core:settings": page(*SIGNED_IN),
    "core:styleguide": page(*SIGNED_IN),
    "core:organisation_new": form("diana"),
    "core:accounts": page(*ADMINISTRATORS),
    "core:account_new": form(*ADMINISTRATORS),
    "core:account": page(*EDITORS, at=_account),
    "core:account_link": button(*EDITORS, at=_account),
    "core:account_active": button(*EDITORS, at=_account),
    "core:account_second_factor": button(*EDITORS, at=_account),
    "core:role_new": form(*EDITORS, at=_account),
    "core:role_end": form(*EDITORS, at=lambda world: [world.cast.bob.pk, world.role.pk]),
    "core:attachment_download": page(*BRANCH, at=lambda world: [world.attachment.pk]),
    "core:attachment_picture": page(*BRANCH, at=lambda world: [world.photo.pk]),
    # Files are added and changed by whoever may change the record; bob reads the activity that this one proves.
    "core:attachment_edit": form(*EDITORS, refused=["bob", "frank"], at=_pk("attachment")),
    "core:attachment_move": button(*EDITORS, refused=["bob", "frank"], at=_pk("photo")),
    "core:attachment_trash": button(*EDITORS, refused=["bob", "frank"], at=_pk("attachment")),
    "core:attachment_restore": button(*EDITORS, refused=["bob", "frank"], at=trashed("attachment")),
    "core:evidence_add": form(
        *EDITORS, refused=["bob", "frank"], at=lambda world: ["activities.activity", world.activity.pk]
    ),
    # -- pages of records: a list shows each their own, a page is for those who read the record
    "workbench:home": page(*SIGNED_IN),
    "workbench:search": page(*SIGNED_IN),
    "workbench:figure_table": page(*READERS, "charlie"),  # of their own places
    "workbench:mine": page(*SIGNED_IN),
    "workbench:own_downloads": page(*SIGNED_IN),
    "workbench:download_list": page(*READERS, "charlie", refused=["bob", "grace"]),
    # Who answered about the year is for those who read the place; each answers for oneself, editors for anybody.
    "workbench:answer_list": page(*READERS, "charlie"),
    "workbench:answer_edit": form(*EDITORS, refused=["frank"], at=lambda world: [world.member.pk, 2024]),
    "workbench:answer_settle": button(*EDITORS, refused=["frank"], at=_pk("answer")),
    "workbench:answer_ask": button(*EDITORS, refused=["bob", "frank"], at=lambda world: ["north", 2024]),
    "workbench:calendar": page(*SIGNED_IN),
    "workbench:calendar_feed": own(),
    # Whoever has the address; this one is of somebody in South.
    "workbench:calendar_ics": everybody(post=METHOD, at=lambda world: [world.feed.token]),
    **{name: page(*SIGNED_IN) for name in LISTS},
    **{name: page(*readers, at=pk) for name, (pk, readers) in DETAILS.items()},
    "branch:member_account": form(*EDITORS, refused=["frank"], at=_pk("member")),
    "branch:member_appoint": form(*EDITORS, refused=["frank"], at=_pk("member")),
    "branch:member_transfer_out": form(*EDITORS, refused=["frank"], at=_pk("member")),
    **written("branch", "member", "member"),
    **written("branch", "certification", "certification"),
    # A member is led to the page of handing in the own certificates.
    "branch:certification_new": form("alice", "bob", "charlie", "diana", refused=["frank", "grace"]),
    "branch:hand_in_own": Row(
        who(["alice", "bob", "charlie"], refused=["diana", "frank", "grace"]), NOT_THIS_WAY
    ),
    # Whoever has the address; this one is for South.
    "branch:hand_in_link": everybody(post=METHOD, at=lambda world: [world.link_in_south.token]),
    # What bob began, signed in: his alone, from whichever session; who is not logged in is asked to.
    "branch:hand_in": form("bob", at=_hand_in),
    "branch:hand_in_files": open_way(button("bob", at=_hand_in)),
    "branch:hand_in_picture": open_way(page("bob", at=_page_of_hand_in)),
    "branch:hand_in_another": open_way(button("bob", at=_hand_in)),
    "branch:hand_in_links": form("alice", "charlie", "diana", refused=["bob", "frank", "grace"]),
    "branch:hand_in_qr": page(*EDITORS, refused=["frank"], at=_pk("hand_in_link")),
    "branch:hand_in_revoke": button(*EDITORS, refused=["frank"], at=_pk("hand_in_link")),
    "branch:certification_verify": button(*EDITORS, refused=["frank"], at=_pk("certification")),
    "branch:certification_return": form(*EDITORS, refused=["frank"], at=_pk("certification")),
    "branch:certification_map": page(*SIGNED_IN),  # each their own
    # What holds for the whole installation is its admin's.
    "branch:certification_types": page("diana"),
    "branch:certification_type": form("diana", at=lambda world: [world.certification.type_id]),
    "branch:certification_reopen": button(*EDITORS, refused=["frank"], at=_pk("certification")),
    # The queue of the places one edits; a certificate of it is looked at by a POST, too.
    "branch:certification_inbox": page("alice", "charlie", "diana", refused=["bob", "frank", "grace"]),
    "branch:certification_review": form(*EDITORS, refused=["frank"], at=_pk("waiting")),
    **written("branch", "programme", "programme"),
    **written("activities", "activity", "activity", readers_only=("bob", "frank")),
    **written("activities", "feedback", "feedback", readers_only=("bob", "frank")),
    "activities:feedback_new": form(*EDITORS, refused=["bob", "frank"], at=_pk("activity")),
    **written("workbench", "target", "target"),
    "workbench:target_year": form("alice", "charlie", "diana", refused=["bob", "frank", "grace"]),
    **written("outcomes", "outcome", "outcome"),
    # A member proposes what they made themselves.
    "outcomes:outcome_new": form("alice", "bob", "charlie", "diana", refused=["frank", "grace"]),
    "outcomes:outcome_accept": button(*EDITORS, refused=["frank"], at=_pk("outcome")),
    "outcomes:outcome_return": form(*EDITORS, refused=["frank"], at=_pk("outcome")),
    "activities:quick_log": form("alice", "charlie", "diana", refused=["bob", "frank", "grace"]),
    **written("partnerships", "partner", "partner"),
    "partnerships:partner_merge": form(*EDITORS, refused=["frank"], at=_pk("partner")),
    **written("partnerships", "agreement", "agreement"),
    "partnerships:agreement_sign": form(*EDITORS, refused=["frank"], at=_pk("agreement")),
    "partnerships:agreement_end": form(*EDITORS, refused=["frank"], at=_pk("agreement")),
    "partnerships:agreement_renew": form(*EDITORS, refused=["frank"], at=_pk("agreement")),
    "partnerships:agreement_delivery": form(*EDITORS, refused=["frank"], at=_pk("agreement")),
    "partnerships:agreement_status": button(
        *EDITORS, refused=["frank"], at=lambda world: [world.agreement.pk, "expired"]
    ),
    "partnerships:plan_table": page(*READERS, at=_pk("agreement")),
    "partnerships:plan_print": page(*READERS, at=_pk("agreement")),
    "partnerships:plan_edit": form(*EDITORS, refused=["frank"], at=_pk("agreement")),
    **written("partnerships", "planitem", "plan_item"),
    "partnerships:planitem_cancel": form(*EDITORS, refused=["frank"], at=_pk("plan_item")),
    "partnerships:planitem_status": button(
        *EDITORS, refused=["frank"], at=lambda world: [world.plan_item.pk, "done"]
    ),
    "activities:activity_attendance": form(*EDITORS, refused=["bob", "frank"], at=_pk("activity")),
    # -- the API: the same, and it only reads. Who sees several branches is asked which (400).
    "api:schema": page(*SIGNED_IN),
    "api:docs": page(*SIGNED_IN),
    "api:figures": page(*READERS, "charlie"),
    "api:figure_records": page(*READERS, "charlie", at=lambda world: ["outcomes.paper"]),
    **{f"api:{_short(name)}-list": page(*SIGNED_IN) for name in LISTS},
    **{f"api:{_short(name)}-detail": page(*readers, at=pk) for name, (pk, readers) in DETAILS.items()},
    # -- reports
    "reports:report_list": page(*SIGNED_IN),
    # Whoever may not is told so on the list; that nothing is made is checked with every POST.
    "reports:report_new": button(*SIGNED_IN, data=lambda world: {"branch": "north", "window": "2023"}),
    "reports:template_edit": form("diana"),  # here the college is the installation's root
    "reports:template_reset": button("diana"),
    "reports:minutes_template_edit": form("diana"),
    "reports:minutes_template_reset": button("diana"),
    "reports:activity_minutes": page(*BRANCH, at=_pk("activity")),
    "reports:activity_minutes_word": page(*BRANCH, at=_pk("activity")),
    "reports:report_detail": page(*READERS, at=_pk("report")),
    "reports:report_compile": button(*EDITORS, refused=["frank"], at=_pk("report")),
    "reports:report_cancel": button(*EDITORS, refused=["frank"], at=_pk("report")),
    "reports:report_job": page(*READERS, at=_pk("report")),
    "reports:report_missing": button("alice", "charlie", "diana", refused=["bob", "frank", "grace"]),
    "reports:report_export": page(*READERS, "charlie"),
    "reports:compilation_preview": page(*READERS, at=_pk("compilation")),
    "reports:compilation_figure": page(*READERS, at=lambda world: [world.compilation.pk, "outcomes.paper"]),
    "reports:compilation_photo": page(
        *READERS, at=lambda world: [world.compilation.pk, world.photo.blob.sha256]
    ),
    "reports:compilation_download": page(*READERS, at=lambda world: [world.compilation.pk, "figures.json"]),
    "reports:figure": page(*READERS, "charlie", at=lambda world: ["outcomes.paper"]),
    # -- exchange: who edits no branch is refused the upload
    "exchange:import": form("alice", "charlie", "diana", refused=["bob", "frank", "grace"]),
    "exchange:preview": form("alice", at=lambda world: [world.upload]),
    "exchange:export": page(*EDITORS, refused=["bob", "frank"], at=_north),
    "exchange:form": page(*EDITORS, refused=["bob", "frank"], at=_north),
    # -- allauth
    "account_login": everybody(),
    "account_logout": everybody(),
    "account_inactive": everybody(post=METHOD),
    "account_signup": everybody(),
    "account_reauthenticate": own(),
    "account_change_password": own(),
    "mfa_index": own(post=False),
    "mfa_authenticate": own(),
    "mfa_reauthenticate": own(),
    "mfa_activate_totp": own(),
    "mfa_deactivate_totp": Row(NOBODY, NOBODY),  # until one has turned it on
    "mfa_view_recovery_codes": Row(NOBODY, NOT_THIS_WAY),
    "mfa_generate_recovery_codes": own(),
    "mfa_download_recovery_codes": Row(NOBODY, NOBODY),
}


# ---------------------------------------------------------------- the world
@pytest.fixture
def world(cast, data_dir):
    """The cast, and in North one record of every kind, each with the secret word."""
    north = {"organisation": cast.north}
    role = cast.bob.appointments.get()
    invited = factories.UserFactory(username="invited")
    factories.AppointmentFactory(user=invited, organisation=cast.south, role="member")
    link = [urlsafe_base64_encode(force_bytes(invited.pk)), default_token_generator.make_token(invited)]
    member = factories.MemberFactory(**north, name=f"{SECRET}党员")
    partner = factories.PartnerFactory(**north, name=f"{SECRET}社区")
    agreement = factories.AgreementFactory(**north, name=f"{SECRET}协议", partners=[partner])
    activity = factories.ActivityFactory(
        **north, theme=f"{SECRET}主题党日", agreement=agreement, partners=[partner], person_times=3
    )
    factories.ParticipationFactory(activity=activity, member=member)
    blob = store_file(SECRET.encode(), "application/json")
    picture = accept(io.BytesIO(photo()), "照片.jpg")
    hand_in = factories.HandInFactory(member=cast.bob_member)
    factories.HandInFileFactory(hand_in=hand_in, blob=picture, name=f"{SECRET}.jpg")
    report = factories.ReportFactory(**north, title_text=f"{SECRET}报告")
    return SimpleNamespace(
        cast=cast,
        role=role,
        rule=factories.ProofRuleFactory(),
        link=link,
        feed=factories.CalendarFeedFactory(user=invited),
        member=member,
        answer=factories.YearAnswerFactory(member=member, answer="missing", note=f"{SECRET}的课"),
        notice=factories.NoticeFactory(user=cast.bob, text=f"{SECRET}证书已核验"),
        certification=factories.CertificationFactory(member=member, direction=f"{SECRET}方向"),
        waiting=factories.CertificationFactory(
            member=member, direction=f"{SECRET}新证", status="pending", number=f"{SECRET}号"
        ),
        hand_in=hand_in,
        hand_in_link=factories.HandInLinkFactory(**north),
        link_in_south=factories.HandInLinkFactory(organisation=cast.south),
        programme=factories.ProgrammeFactory(**north, name=f"{SECRET}项目"),
        partner=partner,
        agreement=agreement,
        plan_item=factories.PlanItemFactory(agreement=agreement, theme=f"{SECRET}计划"),
        activity=activity,
        feedback=factories.FeedbackFactory(activity=activity, content=f"{SECRET}反馈"),
        outcome=factories.OutcomeFactory(**north, name=f"{SECRET}论文", makers=[member]),
        target=factories.TargetFactory(**north),
        report=report,
        upload=uploads.keep(
            export_workbook(cast.north, empty=True), "空表.xlsx", organisation=cast.north, user=cast.alice
        ),
        compilation=factories.CompilationFactory(
            report=report,
            status="done",
            compiled_at=timezone.now(),
            figures=freeze(cast.north, report.window),
            material=material_of(cast.north, report.window),
            summary={"photos": [picture.sha256]},
            files={"figures.json": {"sha256": blob.sha256, "size": blob.size}},
        ),
        attachment=factories.AttachmentFactory(record=activity, blob=blob),
        photo=factories.AttachmentFactory(record=activity, blob=picture),
    )


# ---------------------------------------------------------------- the walk
def walk(resolver=None, route="", spaces=()):
    """Every URL there is: (its name with namespaces, or its route)."""
    for entry in (resolver or get_resolver()).url_patterns:
        at = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry, at, [*spaces, entry.namespace] if entry.namespace else spaces)
        elif isinstance(entry, URLPattern):
            yield ":".join([*spaces, entry.name]) if entry.name else at


URLS = sorted(set(walk()))
OURS = [url for url in URLS if not url.startswith("admin")]


def meets(answer):
    """The word for an answer."""
    moved = answer.headers.get("Location", "")
    if answer.status_code == 401 or moved.startswith(("/accounts/login/", "/admin/login/")):
        return LOGIN
    if answer.status_code < 400 or answer.status_code == 400:
        return IN
    return {403: REFUSED, 404: HIDDEN, 405: METHOD, 409: IN, 422: IN}.get(
        answer.status_code, str(answer.status_code)
    )


def ask(client, method, address, data=None):
    """The answer with what it `said` and `wrote`, the branches it changed something of; which is then undone."""
    with transaction.atomic():
        newest = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        answer = getattr(client, method)(address, data)
        answer.said = (answer.getvalue() if answer.streaming else answer.content).decode("utf-8", "replace")
        answer.wrote = Change.objects.filter(pk__gt=newest).exclude(verb__in=["download", "export"])
        answer.wrote = set(answer.wrote.values_list("organisation__code", flat=True))
        transaction.set_rollback(True)
    return answer


def test_every_url_has_a_row_and_every_row_a_url():
    without, unknown = sorted(set(OURS) - set(MATRIX)), sorted(set(MATRIX) - set(OURS))
    assert not without, "each needs a row in MATRIX: " + " ".join(without)
    assert not unknown, "no such URL: " + " ".join(unknown)


@pytest.mark.parametrize("url", [url for url in OURS if url in MATRIX])
def test_everybody_meets_what_the_matrix_says(url, world, sign_in):
    row = MATRIX[url]
    address = reverse(url, args=row.at(world))
    faults = []
    for person in PEOPLE:
        client = sign_in(getattr(world.cast, person))
        for method in ("get", "post"):
            answer = ask(client, method, address, row.data(world) if method == "post" else None)
            met, expected = meets(answer), getattr(row, method)[person]
            if met != expected:
                faults.append(f"{person} {method}: {met} ({answer.status_code}), not {expected}")
            if person in STRANGERS and SECRET in answer.said:
                faults.append(f"{person} reads of North by {method}")
            if person not in EDITORS and "north" in answer.wrote:
                faults.append(f"{person} changes North by {method}")
            if "private" not in answer.get("Cache-Control", ""):
                faults.append(f"what {person} got by {method} may be kept for others")
            if method == "get" and answer.wrote:
                faults.append(f"{person} changes something by looking")
    assert not faults, "\n".join([address, *faults])


# ---------------------------------------------------------------- files, however they are asked for
FILES = {
    "an original": (lambda world: reverse("core:attachment_download", args=[world.photo.pk]), BRANCH),
    "a thumb": (lambda world: reverse("core:attachment_picture", args=[world.photo.pk]), BRANCH),
    "a picture to read": (
        lambda world: reverse("core:attachment_picture", args=[world.photo.pk], query={"size": "page"}),
        BRANCH,
    ),
    "a picture of a certificate on its way": (
        lambda world: reverse("branch:hand_in_picture", args=_page_of_hand_in(world)),
        ["bob"],
    ),
    "a photo of a report": (
        lambda world: reverse(
            "reports:compilation_photo", args=[world.compilation.pk, world.photo.blob.sha256]
        ),
        READERS,
    ),
    **{
        name: (
            lambda world, name=name: reverse(
                "reports:compilation_download", args=[world.compilation.pk, name]
            ),
            READERS,
        )
        for name in ("evidence.zip", "report.pdf", "report.docx")
    },
}
CLEVERLY = {
    "Range": "bytes=0-9",
    "If-None-Match": "*",
    "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
    "HX-Request": "true",
}


@pytest.mark.parametrize("accel", ["", "/internal-files/"])
@pytest.mark.parametrize("file", FILES)
def test_a_file_is_for_nobody_else_however_it_is_asked_for(file, accel, world, sign_in, settings):
    """Not by a part, not by asking whether it changed, not by its head, and not by a hint where it lies."""
    settings.X_ACCEL_PREFIX = accel
    for name in ("evidence.zip", "report.pdf", "report.docx"):
        world.compilation.files[name] = {"sha256": world.photo.blob.sha256, "size": world.photo.blob.size}
    world.compilation.save()
    address, allowed = FILES[file]
    address, digest, faults = address(world), world.photo.blob.sha256, []
    for person in PEOPLE:
        client = sign_in(getattr(world.cast, person))
        for way, headers in {"plainly": {}, "cleverly": CLEVERLY}.items():
            for method in ("get", "head"):
                answer = getattr(client, method)(address, headers=headers)
                said = answer.getvalue() if answer.streaming else answer.content
                told = (
                    digest in str(answer.headers).replace(address, "")
                    or b"JFIF" in said
                    or "ETag" in answer.headers
                )
                if person in allowed:
                    kept = {"private", "no-store"} - {*answer["Cache-Control"].split(", ")}
                    if answer.status_code not in (200, 206) or kept:
                        faults.append(f"{person} {method} {way}: {answer.status_code}")
                elif meets(answer) != (LOGIN if person == "eve" else HIDDEN) or told:
                    faults.append(f"{person} {method} {way}: {answer.status_code} {answer.headers}")
    assert not faults, "\n".join([address, *faults])


ADMIN = [url for url in URLS if url not in OURS and url not in {"admin:login", "admin:logout"}]
# Arguments of the admin's URLs; one that needs others fails here.
ADMIN_ARGUMENTS = [[], ["1"], ["core"], ["1", "1"], ["x"]]


def admin_address(url):
    for arguments in ADMIN_ARGUMENTS:
        with contextlib.suppress(NoReverseMatch):
            return reverse(url, args=arguments)
    return "/" + re.sub(r"<[^>]+>|\(.*\)\$", "1", url)  # without a name: its route


@pytest.mark.parametrize("person", PEOPLE)
def test_admin_is_for_operators_only(person, cast, sign_in):
    client, met = sign_in(getattr(cast, person)), {}
    for url in ADMIN:
        for method in ("get", "post"):
            met[url, method] = meets(ask(client, method, admin_address(url)))
    assert {key: word for key, word in met.items() if word not in {LOGIN, REFUSED, METHOD}} == {}


# ---------------------------------------------------------------- the API, by token
@pytest.mark.parametrize("url", [url for url in OURS if url.startswith("api:") and url in MATRIX])
def test_a_token_opens_what_the_session_opens(url, world, client):
    row = MATRIX[url]
    for person in SIGNED_IN:
        token = Token.objects.create(user=getattr(world.cast, person))
        answer = client.get(reverse(url, args=row.at(world)), headers={"Authorization": f"Token {token.key}"})
        assert meets(answer) == row.get[person], person
