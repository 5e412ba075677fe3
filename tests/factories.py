"""Small dull factories, one a model. Kinds come from the seeds of the migration; nothing here knows a rule.

What belongs to a record hangs in the record's own organisation. Services are tested elsewhere: factories write rows.
"""

import datetime as dt
import hashlib

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from activities.models import Activity, ActivityPartner, Feedback, Participation
from branch.models import (
    Certification,
    CertificationType,
    ExpiryReminder,
    HandIn,
    HandInFile,
    HandInLink,
    Member,
    Post,
    Programme,
)
from core.models import Appointment, Attachment, Blob, Change, Draft, Notice, Organisation, ProofRule, User
from core.text import match_key
from outcomes.models import Contribution, Outcome
from partnerships.models import Agreement, AgreementParty, Commitment, Partner, PartnerAlias, PlanItem
from reports.models import Compilation, Report, ReportTemplate, Section, Target
from workbench.models import CalendarFeed, YearAnswer

DAY = dt.date(2024, 6, 1)


# ---------------------------------------------------------------- core
class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"用户{n}")


class OrganisationFactory(DjangoModelFactory):
    """A branch, at the root unless `parent` is given."""

    class Meta:
        model = Organisation

    code = factory.Sequence(lambda n: f"branch-{n}")
    name = factory.Sequence(lambda n: f"第{n}教师党支部")
    kind = Organisation.Kind.BRANCH

    @classmethod
    def _create(cls, model_class, *args, parent=None, **fields):
        if parent is None:
            return Organisation.objects.add_root(fields)
        parent.refresh_from_db()  # treebeard counts children on the instance
        return Organisation.objects.add_child(parent, fields)


class CommitteeFactory(OrganisationFactory):
    code = factory.Sequence(lambda n: f"committee-{n}")
    name = factory.Sequence(lambda n: f"第{n}学院党委")
    kind = Organisation.Kind.COLLEGE_COMMITTEE


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = Appointment

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Appointment.Role.SECRETARY


class BlobFactory(DjangoModelFactory):
    """The row only; a test that needs the bytes stores a file through the service."""

    class Meta:
        model = Blob

    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    size = 1
    media_type = "image/jpeg"


_PROVED_BY = {Agreement: Attachment.Kind.AGREEMENT, Certification: Attachment.Kind.CERTIFICATE}


class AttachmentFactory(DjangoModelFactory):
    class Meta:
        model = Attachment

    record = factory.SubFactory("tests.factories.ActivityFactory")
    organisation = factory.SelfAttribute("record.organisation")
    blob = factory.SubFactory(BlobFactory)
    kind = factory.LazyAttribute(lambda file: _PROVED_BY.get(type(file.record), Attachment.Kind.PHOTO))
    name = factory.Sequence(lambda n: f"照片{n}.jpg")


class ProofRuleFactory(DjangoModelFactory):
    """One of a school's own: a kind that it added has its notice."""

    class Meta:
        model = ProofRule

    record = "activities.activity"
    sort = factory.Sequence(lambda n: f"own_{n}")
    kind = Attachment.Kind.NOTICE


class DraftFactory(DjangoModelFactory):
    class Meta:
        model = Draft

    user = factory.SubFactory(UserFactory)
    form = factory.Sequence(lambda n: f"/activities/{n}/edit/?branch=north")
    data = factory.LazyFunction(lambda: {"theme": ["写到一半"]})
    updated_at = factory.LazyFunction(timezone.now)


class NoticeFactory(DjangoModelFactory):
    class Meta:
        model = Notice

    user = factory.SubFactory(UserFactory)
    text = factory.Sequence(lambda n: f"第{n}条通知")


class ChangeFactory(DjangoModelFactory):
    class Meta:
        model = Change

    at = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    actor_name = "系统"
    verb = Change.Verb.CREATE
    model = "activities.activity"
    object_id = factory.Sequence(lambda n: n)
    object_name = "一条记录"
    batch = factory.Faker("uuid4")


# ---------------------------------------------------------------- branch
class RecordFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    organisation = factory.SubFactory(OrganisationFactory)


class MemberFactory(RecordFactory):
    class Meta:
        model = Member

    staff_number = factory.Sequence(lambda n: f"{1000 + n}")
    name = factory.Sequence(lambda n: f"党员{n}")
    name_key = factory.LazyAttribute(lambda member: match_key(member.name))
    name_pinyin = factory.LazyAttribute(lambda member: f"dang yuan {member.staff_number}")
    category = Member.Category.FULL
    joined_party = "2010-07-01"


class PostFactory(DjangoModelFactory):
    class Meta:
        model = Post

    member = factory.SubFactory(MemberFactory)
    position = factory.LazyAttribute(lambda post: post.member.posts.count() + 1)
    name = "书记"


class ProgrammeFactory(RecordFactory):
    class Meta:
        model = Programme

    name = "强国行专项行动"
    level = Programme.Level.NATIONAL
    starts_on = dt.date(2024, 10, 1)
    ends_on = dt.date(2027, 9, 30)


class CertificationTypeFactory(DjangoModelFactory):
    """A built-in type by its name; a new name makes a type of the school's own."""

    class Meta:
        model = CertificationType
        django_get_or_create = ("name",)

    name = "HCIP"


class _OfAMember(RecordFactory):
    class Meta:
        abstract = True

    organisation = factory.SelfAttribute("member.organisation")
    member = factory.SubFactory(MemberFactory)


class CertificationFactory(_OfAMember):
    class Meta:
        model = Certification

    type = factory.SubFactory(CertificationTypeFactory)
    direction = factory.Sequence(lambda n: f"方向{n}")
    passed_on = "2024-03-01"
    status = Certification.Status.VERIFIED


class ExpiryReminderFactory(DjangoModelFactory):
    class Meta:
        model = ExpiryReminder

    certification = factory.SubFactory(CertificationFactory)
    valid_until = dt.date(2027, 2, 28)
    days = 90


class HandInLinkFactory(DjangoModelFactory):
    class Meta:
        model = HandInLink

    organisation = factory.SubFactory(OrganisationFactory)
    expires_at = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


class HandInFactory(DjangoModelFactory):
    class Meta:
        model = HandIn

    member = factory.SubFactory(MemberFactory)
    organisation = factory.SelfAttribute("member.organisation")


class HandInFileFactory(DjangoModelFactory):
    class Meta:
        model = HandInFile

    hand_in = factory.SubFactory(HandInFactory)
    blob = factory.SubFactory(BlobFactory)
    name = "证书.jpg"


# ---------------------------------------------------------------- partnerships
class PartnerFactory(RecordFactory):
    class Meta:
        model = Partner

    name = factory.Sequence(lambda n: f"第{n}社区党委")
    name_key = factory.LazyAttribute(lambda partner: match_key(partner.name))
    name_pinyin = factory.Sequence(lambda n: f"di {n:06} she qu")
    kind_id = "community"


class PartnerAliasFactory(DjangoModelFactory):
    class Meta:
        model = PartnerAlias

    partner = factory.SubFactory(PartnerFactory)
    position = factory.LazyAttribute(lambda alias: alias.partner.aliases.count() + 1)
    name = factory.Sequence(lambda n: f"别名{n}")
    name_key = factory.LazyAttribute(lambda alias: match_key(alias.name))


class AgreementFactory(RecordFactory):
    """`partners=[…]` names its parties in order."""

    class Meta:
        model = Agreement
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"XY-{n}")
    name = factory.Sequence(lambda n: f"第{n}份联建协议")
    signed_on = "2024-03-01"
    expires_on = "2026-03"
    status = Agreement.Status.IN_FORCE

    @factory.post_generation
    def partners(self, create, partners, **kwargs):
        for position, partner in enumerate(partners or [], start=1):
            AgreementParty.objects.create(agreement=self, partner=partner, position=position)


class CommitmentFactory(DjangoModelFactory):
    class Meta:
        model = Commitment

    agreement = factory.SubFactory(AgreementFactory)
    position = factory.LazyAttribute(lambda commitment: commitment.agreement.commitments.count() + 1)
    name = "员工培训"
    promised = 4
    unit = "场"


class PlanItemFactory(RecordFactory):
    class Meta:
        model = PlanItem

    organisation = factory.SelfAttribute("agreement.organisation")
    agreement = factory.SubFactory(AgreementFactory)
    number = factory.Sequence(lambda n: n + 1)
    theme = factory.Sequence(lambda n: f"第{n}项计划")
    planned_on = "2024-06"


# ---------------------------------------------------------------- activities
class ActivityFactory(RecordFactory):
    """`partners=[…]` names the partners in order; `lines=[…]` other task lines than 支部建设."""

    class Meta:
        model = Activity
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"HD-{n}")
    kind_id = "themed_party_day"
    lines = ("branch_life",)
    theme = factory.Sequence(lambda n: f"第{n}次主题党日")
    starts_on = DAY
    status = Activity.Status.HELD

    @factory.post_generation
    def partners(self, create, partners, **kwargs):
        for position, partner in enumerate(partners or [], start=1):
            ActivityPartner.objects.create(activity=self, partner=partner, position=position)


class ParticipationFactory(DjangoModelFactory):
    class Meta:
        model = Participation

    activity = factory.SubFactory(ActivityFactory)
    member = factory.SubFactory(MemberFactory, organisation=factory.SelfAttribute("..activity.organisation"))
    name = factory.LazyAttribute(lambda part: part.member.name if part.member else "来宾")
    role = Participation.Role.PRESENT


class FeedbackFactory(RecordFactory):
    class Meta:
        model = Feedback

    organisation = factory.SelfAttribute("activity.organisation")
    activity = factory.SubFactory(ActivityFactory)
    identity = "家长"
    content = factory.Sequence(lambda n: f"第{n}条反馈")
    content_key = factory.LazyAttribute(
        lambda feedback: hashlib.sha256(f"{feedback.identity}\0{feedback.content}".encode()).hexdigest()
    )


# ---------------------------------------------------------------- outcomes
class OutcomeFactory(RecordFactory):
    """A published paper; `makers=[…]` names its authors in order, members or text."""

    class Meta:
        model = Outcome
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"CG-{n}")
    kind_id = "paper"
    name = factory.Sequence(lambda n: f"第{n}项成果")
    date = "2024-05"
    status = Outcome.Status.PUBLISHED

    @factory.post_generation
    def makers(self, create, makers, **kwargs):
        for position, maker in enumerate(makers or [], start=1):
            who = {"name": maker} if isinstance(maker, str) else {"name": maker.name, "member": maker}
            Contribution.objects.create(outcome=self, position=position, **who)


class ContributionFactory(DjangoModelFactory):
    class Meta:
        model = Contribution

    outcome = factory.SubFactory(OutcomeFactory)
    position = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"作者{n}")


# ---------------------------------------------------------------- reports
class TargetFactory(RecordFactory):
    class Meta:
        model = Target

    year = 2024
    figure = "outcomes.paper"
    value = 10


class ReportFactory(RecordFactory):
    class Meta:
        model = Report

    title_text = "2024年度进展报告"
    window_start = dt.date(2024, 1, 1)
    window_end = dt.date(2024, 12, 31)


class ReportTemplateFactory(DjangoModelFactory):
    class Meta:
        model = ReportTemplate

    name = "yearly"
    text = "标题：报告"


class SectionFactory(DjangoModelFactory):
    class Meta:
        model = Section

    report = factory.SubFactory(ReportFactory)
    position = factory.Sequence(lambda n: n + 1)
    heading = "党建联建"


class CompilationFactory(DjangoModelFactory):
    class Meta:
        model = Compilation

    report = factory.SubFactory(ReportFactory)


# ---------------------------------------------------------------- workbench
class YearAnswerFactory(DjangoModelFactory):
    class Meta:
        model = YearAnswer

    member = factory.SubFactory(MemberFactory)
    organisation = factory.SelfAttribute("member.organisation")
    year = 2024
    answer = YearAnswer.Answer.NOTHING_MISSING
    answered_at = dt.datetime(2024, 12, 20, tzinfo=dt.UTC)
    version = 1


class CalendarFeedFactory(DjangoModelFactory):
    class Meta:
        model = CalendarFeed

    user = factory.SubFactory(UserFactory)
