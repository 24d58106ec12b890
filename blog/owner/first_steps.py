"""What makes a new site somebody's own. Each step sees by itself whether it is done; nothing is ticked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ADMINISTRATOR
from blog.articles.models import Article
from blog.articles.services import trash
from blog.frame.models import MenuItem
from blog.outbox.models import Mail
from blog.owner.backups import backups
from blog.pages.models import Page
from blog.site.models import SiteSettings

if TYPE_CHECKING:
    from blog.articles.models import ArticleQuerySet


@dataclass(frozen=True)
class Step:
    name: str
    why: str
    is_done: bool
    address: str


def first_steps(user: User, site: SiteSettings) -> list[Step]:
    """Return the steps in the order in which they are best taken: seven queries, however large the site."""
    of_settings = reverse("admin:site_sitesettings_change", args=[1])
    usual = SiteSettings()
    look = ("logo_id", "icon_id", "accent", "paper", "typeface", "layout")
    own = Article.objects.filter(trashed_at__isnull=True).exclude(slug__in=demo_slugs())
    demo = list(_of_the_demo().values_list("trashed_at", flat=True))
    about = Page.objects.published().filter(Q(created_by__isnull=False) | Q(version__gt=1))
    administrators = User.objects.filter(is_active=True).filter(
        Q(is_superuser=True) | Q(groups__name=ADMINISTRATOR)
    )
    sends_mail = not settings.MAILERS["default"]["BACKEND"].endswith("filebased.EmailBackend")
    return [
        Step(
            _("Name the site"),
            _("Title and tagline stand on every page."),
            site.title != usual.title,
            of_settings,
        ),
        Step(
            _("Choose logo and colours"),
            _("Or a typeface, or a layout: whatever is yours."),
            any(getattr(site, name) != getattr(usual, name) for name in look),
            f"{of_settings}#id_accent",
        ),
        Step(
            _("Write an article"),
            _("A draft is enough: nobody sees it before you publish it."),
            own.exists(),
            reverse("admin:articles_article_add"),
        ),
        *(
            [
                Step(
                    _("Put the demo away"),
                    _("It goes to the trash, with its comments, and can be restored for 30 days."),
                    all(demo),
                    reverse("demo-away"),
                )
            ]
            if demo
            else []
        ),
        Step(
            _("Say who you are"),
            _("A page About, and one by which readers can reach you."),
            about.exists(),
            reverse("admin:pages_page_changelist"),
        ),
        Step(
            _("Make the menus"),
            _("What stands above and below every page."),
            MenuItem.objects.exists(),
            reverse("admin:frame_menuitem_changelist"),
        ),
        Step(
            _("Let mail leave"),
            _("EMAIL_URL names your mail server; a test mail proves it."),
            sends_mail and Mail.objects.filter(sent_at__isnull=False).exists(),
            reverse("admin:outbox_mail_changelist"),
        ),
        Step(
            _("Give it an address"),
            _("SITE_URL, with https, so that links in mails lead here."),
            settings.SITE_IS_HTTPS,
            reverse("health"),
        ),
        Step(
            _("Protect your sign-in"),
            _("A passkey or an authenticator app, beside the password."),
            Authenticator.objects.filter(user=user).exists(),
            reverse("mfa_index"),
        ),
        Step(
            _("Name a second administrator"),
            _("Who can let you in again if you cannot."),
            len(administrators.distinct().values_list("pk")[:2]) > 1,
            reverse("admin:accounts_user_add"),
        ),
        Step(
            _("Make a backup"),
            _("manage.py backup; let it run each night."),
            bool(backups()),
            reverse("health"),
        ),
    ]


def demo_slugs() -> list[str]:
    # Here, not above: it brings YAML and what draws pictures, and every process of the site would load them.
    from blog.quickstart.demo import CONTENT

    return [path.stem for path in CONTENT.glob("*.md")]


def demo_articles() -> ArticleQuerySet:
    """Articles of the demo that are still there and that nobody has made their own since."""
    return _of_the_demo().filter(trashed_at__isnull=True)


def _of_the_demo() -> ArticleQuerySet:
    return Article.objects.filter(slug__in=demo_slugs(), created_by__isnull=True)


def put_demo_away(*, editor: User) -> int:
    """Move what is left of the demo to the trash; return how many articles."""
    articles = list(demo_articles())
    for article in articles:
        trash(article=article, editor=editor)
    return len(articles)
