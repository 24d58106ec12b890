"""Days and moments: written in one way wherever the desk shows them."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import strip_tags

from blog.articles.models import Article, Assignment
from blog.comments.models import Ban
from blog.days import own_format
from blog.outbox.models import Mail
from blog.site.models import SiteSettings
from tests.accounts.test_admin_access import MAKERS
from tests.factories import make_article, make_staff

NOW = datetime(2026, 11, 3, 16, 5, 33, 250_000, tzinfo=UTC)
# How a language writes a day, or Django's code, or an American; not “November 2026”, a heading.
NOT_OURS = re.compile(
    r"\d{1,2}\.? (?:Nov\w*|Dec\w*|Dez\w*)\.?,? \d{4}|\b(?:Nov\w*|Dec\w*)\.? \d{1,2}, |\d{4}-\d\d-\d\d"
    r"|\d\d/\d\d/\d{4}|[ap]\.m\."
)


@pytest.mark.django_db
def test_every_list_form_and_history_writes_times_as_the_owner_chose(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    editor = make_staff(is_superuser=True, last_login=timezone.now())
    client.force_login(editor)
    rows = [
        MAKERS[model._meta.label_lower]()
        for model in admin.site._registry
        if model._meta.label_lower in MAKERS
    ]
    SiteSettings.objects.update(date_format="d~m~Y", time_zone="Europe/Berlin")
    draft = make_article(status=Article.Status.DRAFT, publish_at=None, created_by=editor)
    Assignment.objects.create(article=draft, writer=editor, due_on="2026-11-20")
    make_article(trashed_at=timezone.now())
    Mail.objects.update(sent_at=timezone.now())
    Ban.objects.update(until=timezone.now().replace(month=12))
    LogEntry.objects.log_actions(editor.pk, rows, CHANGE, change_message="x")
    pages = [reverse(name) for name in ("admin:index", "activity", "health")]
    pages.append(reverse("admin:articles_article_changelist") + "?state=trash")
    for row in [*rows, draft]:
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        pages += [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])]
    history = reverse("admin:comments_ban_history", args=[Ban.objects.get().pk])
    pages += [history, reverse("admin:articles_article_history", args=[draft.pk])]

    written = {}
    for page in dict.fromkeys(pages):
        html = client.get(page, follow=True).content.decode()
        html = re.sub(r"<(script|style|textarea|select)\b.*?</\1>", "", html, flags=re.DOTALL)
        assert NOT_OURS.findall(strip_tags(html)) == [], page
        written[page] = html

    assert len(written) > 50
    moment = '<time datetime="2026-11-03T17:05+01:00">03~11~2026, 17:05</time>'
    assert moment in written[history]
    for name in (
        "outbox_mail",
        "comments_ban",
        "ratings_feedback",
        "accounts_user",
        "media_image",
    ):
        assert moment in written[reverse(f"admin:{name}_changelist")], name


@pytest.mark.parametrize(
    ("language", "own", "day", "time"),
    [
        ("en", "", "3 November 2026", "3 November 2026, 17:05"),
        ("de", "", "3. November 2026", "3. November 2026, 17:05"),
        ("de", "Y-m-d", "2026-11-03", "2026-11-03, 17:05"),
    ],
)
def test_days_and_moments_are_written_alike_by_every_way(language, own, day, time):
    template = Template(
        "{% load byline %}{{ at|day }}|{{ at|moment }}|{{ at|timed }}|{% time at %}|{{ at.date|timed }}"
    )
    own_before = own_format.set(own)
    with translation.override(language), timezone.override("Europe/Berlin"):
        written = template.render(Context({"at": NOW}))
        by_django = [
            date_format(timezone.localtime(NOW), kind)
            for kind in ("DATE_FORMAT", "DATETIME_FORMAT")
        ]
    own_format.reset(own_before)

    element = f'<time datetime="2026-11-03T17:05+01:00">{time}</time>'
    date = f'<time datetime="2026-11-03">{day}</time>'
    assert written == f"{day}|{time}|{element}|{element}|{date}"
    assert own or by_django == [day, time]
