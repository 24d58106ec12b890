"""Messages of the contact form: taken in, told to those who run the site, deleted in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from blog.articles.letters import post_letter, quoted
from blog.outbox.models import Mail
from blog.outbox.services import mark_of, one_line
from blog.pages.models import Message
from blog.site.models import SiteSettings
from blog.spam.learning import learn, unlearn
from blog.spam.sample import Sample, Score
from blog.spam.scoring import score

if TYPE_CHECKING:
    from uuid import UUID

    from blog.pages.models import MessageQuerySet, Page

PER_HOUR = 5  # messages of one network, and of one address
TWICE = timedelta(minutes=10)  # the same text from the same person: sent twice, not meant twice
LESSONS = {Message.Status.SPAM.value: True, Message.Status.ANSWERED.value: False}
_MAILS_AT_ONCE = 50


class TooFast(Exception):  # noqa: N818 - names what happened
    """The network or the address has sent enough for now; the text says so, for the sender."""


def score_message(
    *,
    name: str,
    email: str,
    subject: str,
    body: str,
    is_trapped: bool = False,
    seconds_taken: float | None = None,
) -> Score:
    """Return how much a new message looks like spam, by what the filter has learnt here."""
    lately = Message.objects.filter(created_at__gt=timezone.now() - timedelta(hours=1))
    sample = Sample(
        body=f"{subject}\n{body}",
        name=name,
        email=email,
        seconds_taken=seconds_taken,
        is_trapped=is_trapped,
        copies=lately.filter(body=body).exclude(email=email).count(),
    )
    return score(sample)


@transaction.atomic
def send_message(
    *,
    page: Page,
    site: SiteSettings,
    name: str,
    email: str,
    subject: str,
    body: str,
    user: User | None,
    visitor: UUID | None,
    network_hash: str,
    score: float | None = None,
    is_spam: bool = False,
    reason: str = "",
) -> Message:
    """Store a message and mail it to whom the site's settings name; spam is stored and told to nobody.

    A form sent twice is one message. What is taken for spam is answered like any other: a machine learns
    nothing from it. Raise TooFast where too many came lately. The sender gets no mail: anybody could have
    such mails sent to others.
    """
    # Two of one sender at once would each count only the others; the form of a site is no busy place.
    SiteSettings.objects.select_for_update().filter(pk=1).first()
    now = timezone.now()
    lately = Message.objects.filter(created_at__gt=now - timedelta(hours=1))
    same = lately.filter(email=email, body=body, created_at__gt=now - TWICE)
    if copy := same.first():
        return copy
    if lately.filter(email=email).count() >= PER_HOUR or (
        network_hash and lately.filter(network_hash=network_hash).count() >= PER_HOUR
    ):
        raise TooFast(
            _(
                "Several messages came from you or your network lately. Please try again in an hour."
            )
        )
    message = Message(
        page=page,
        name=name,
        email=email,
        subject=subject,
        body=body,
        status=Message.Status.SPAM if is_spam else Message.Status.NEW,
        score=score,
        reason=reason[:300] if is_spam else "",
        user=user,
        visitor=visitor,
        network_hash=network_hash,
        created_at=now,
    )
    message.save(force_insert=True)
    if not is_spam:
        _tell(message, site)
    return message


@transaction.atomic
def mark_message(*, message: Message, status: str) -> bool:
    """Set the status as a person, and let the filter learn of it; False where it was so, or is gone.

    What is answered or taken out of the spam is honest; that something was read says nothing.
    """
    row = Message.objects.select_for_update().filter(pk=message.pk).first()
    if row is None or row.status == status:
        return False
    unmarked = False if row.status == Message.Status.SPAM else row.lesson
    lesson = LESSONS.get(status, unmarked)
    sample = Sample(body=f"{row.subject}\n{row.body}", name=row.name, email=row.email)
    if lesson is not row.lesson:
        if row.lesson is not None:
            unlearn(sample, is_spam=row.lesson)
        if lesson is not None:
            learn(sample, is_spam=lesson)
    row.status, row.lesson = status, lesson
    row.save(update_fields=["status", "lesson"])
    return True


def _tell(message: Message, site: SiteSettings) -> None:
    path = reverse("admin:pages_message_change", args=[message.pk])
    name, subject = one_line(message.name), one_line(message.subject)
    for address in _recipients(site):
        post_letter(
            template="pages/mail/message.txt",
            key=f"message:{message.pk}:{mark_of(address)}",
            to=address,
            subject=_("Message from %(name)s: %(subject)s")
            % {"name": name, "subject": subject or _("no subject")},
            context={
                "message": message,
                "name": name,
                "subject": subject,
                "text": quoted(message.body),
                "desk_url": f"{settings.SITE_URL}{path}",
            },
            headers={"Reply-To": message.email},
        )


def _recipients(site: SiteSettings) -> list[str]:
    """Return whom to tell: the address in the settings, or everybody who may change them."""
    if site.contact_email:
        return [site.contact_email]
    may = Permission.objects.filter(codename="change_sitesettings", content_type__app_label="site")
    allowed = Q(is_superuser=True) | Q(groups__permissions__in=may) | Q(user_permissions__in=may)
    people = User.objects.filter(allowed, is_active=True).distinct().order_by("pk")
    return list(people.values_list("email", flat=True))


@transaction.atomic
def delete_messages(*, messages: QuerySet[Message]) -> int:
    """Delete these messages and empty the mails that quote them; return how many messages."""
    keys = list(messages.values_list("pk", flat=True))
    for start in range(0, len(keys), _MAILS_AT_ONCE):
        about = Q(pk=None)
        for key in keys[start : start + _MAILS_AT_ONCE]:
            about |= Q(key__startswith=f"message:{key}:")
        rows = Mail.objects.filter(about).exclude(to="")
        rows.waiting().update(given_up_at=timezone.now())
        rows.forget()
    Message.objects.filter(pk__in=keys).delete()
    return len(keys)


def forget_messages(*, before: datetime, spam_before: datetime) -> int:
    """Delete the messages that were sent before then; return how many."""
    is_old = Q(created_at__lt=before)
    is_old_spam = Q(status=Message.Status.SPAM, created_at__lt=spam_before)
    old: MessageQuerySet = Message.objects.filter(is_old | is_old_spam)
    count = 0
    while keys := list(old.order_by("pk").values_list("pk", flat=True)[:500]):
        count += delete_messages(messages=Message.objects.filter(pk__in=keys))
    return count
