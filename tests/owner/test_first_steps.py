"""The first steps on the admin's first page: each sees by itself whether it is done."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from blog.articles.models import Article
from blog.outbox.models import Mail
from blog.owner.first_steps import demo_slugs, first_steps
from blog.site.models import SiteSettings
from tests.factories import make_article, make_menu_item, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    user = make_staff()
    client.force_login(user)
    return user


def done(user) -> set[str]:
    site = SiteSettings.objects.current()
    return {step.name for step in first_steps(user, site) if step.is_done}


def test_each_step_sees_when_it_is_done(owner, settings, tmp_path, django_assert_max_num_queries):
    SiteSettings.objects.create()
    assert done(owner) == set()  # without a demo there is none to put away
    demo = make_article(slug=demo_slugs()[0])
    assert done(owner) == set()

    def name_it():
        SiteSettings.objects.update(title="Mine")

    def colour_it():
        SiteSettings.objects.update(accent="#005a9c")

    def put_demo_away():
        Article.objects.filter(pk=demo.pk).update(trashed_at=timezone.now())

    def let_mail_leave():
        backend = "django.core.mail.backends.smtp.EmailBackend"
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": {}}}
        Mail.objects.create(key="a", to="a@example.org", sent_at=timezone.now())

    def give_address():
        settings.SITE_IS_HTTPS = True

    def protect():
        Authenticator.objects.create(user=owner, type="totp", data={})

    def back_up():
        (tmp_path / "backups").mkdir()
        (tmp_path / "backups" / "byline-20260101-000000.tar.gz").write_text("")

    so_far: set[str] = set()
    for name, do in {
        "Name the site": name_it,
        "Choose logo and colours": colour_it,
        "Write an article": lambda: make_article(status="draft", publish_at=None),
        "Put the demo away": put_demo_away,
        "Make the menus": lambda: make_menu_item(address="/about/"),
        "Let mail leave": let_mail_leave,
        "Give it an address": give_address,
        "Protect your sign-in": protect,
        "Name a second administrator": make_staff,
        "Make a backup": back_up,
    }.items():
        do()
        so_far.add(name)
        assert done(owner) == so_far
    with django_assert_max_num_queries(9):
        done(owner)


def test_owners_see_them_until_they_put_them_away(client, owner):
    index, hide = reverse("admin:index"), reverse("first-steps-hide")
    for step in client.get(index).context["steps"]:
        if not step.is_done:
            assert client.get(step.address.partition("#")[0]).status_code == 200, step.name
    assert client.get(hide).status_code == 405

    client.post(hide)
    assert "steps" not in client.get(index).context
    assert SiteSettings.objects.get().title == "Byline"  # what was not there yet has its defaults
    client.post(hide, {"again": "1"})
    assert "Make it yours" in client.get(index).content.decode()

    client.force_login(make_staff("Editor"))
    response = client.get(index)
    assert "steps" not in response.context
    assert reverse("health") not in response.content.decode()
    assert [client.post(url).status_code for url in (hide, reverse("demo-away"))] == [403, 403]


def test_the_demo_goes_to_the_trash_and_nothing_else(client, owner):
    demo, kept = make_article(slug=demo_slugs()[0]), make_article()
    taken_over = make_article(slug=demo_slugs()[1], created_by=owner)
    page = client.get(reverse("demo-away")).content.decode()
    assert demo.title in page
    assert taken_over.title not in page

    client.post(reverse("demo-away"))

    assert set(Article.objects.published()) == {kept, taken_over}
    assert "Nothing of the demo is left." in client.get(reverse("demo-away")).content.decode()
