import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from accounts.roles import ROLES, create_groups, may_manage_account
from tests.factories import make_staff, make_user

pytestmark = pytest.mark.django_db


def permissions_of(group: Group) -> set[str]:
    return {
        f"{app}.{name}"
        for app, name in group.permissions.values_list("content_type__app_label", "codename")
    }


def test_every_group_has_exactly_its_permissions():
    Group.objects.all().delete()

    create_groups()

    groups = {group.name: permissions_of(group) for group in Group.objects.all()}
    assert groups == {name: set(permissions) for name, permissions in ROLES.items()}


def test_create_groups_again_mends_ours_and_leaves_others_alone():
    ours = Group.objects.get(name="Moderator")
    ours.permissions.add(Permission.objects.get(codename="change_article"))
    own = Group.objects.create(name="Proofreaders")
    own.permissions.add(Permission.objects.get(codename="view_article"))

    call_command("create_groups", verbosity=0)

    assert permissions_of(ours) == ROLES["Moderator"]
    assert permissions_of(own) == {"articles.view_article"}
    assert Group.objects.count() == len(ROLES) + 1


def test_create_groups_before_the_permissions_exist_says_what_to_do():
    Group.objects.all().delete()
    Permission.objects.filter(codename="moderate_comment").delete()

    with pytest.raises(CommandError, match=r"migrate.*comments\.moderate_comment"):
        call_command("create_groups")
    assert not Group.objects.exists()


def test_a_moderator_has_permissions_on_comments_and_ratings_only():
    moderator = make_staff("Moderator")

    apps = {name.partition(".")[0] for name in moderator.get_all_permissions()}
    assert apps == {"comments", "ratings"}


def test_an_author_may_not_touch_what_belongs_to_others():
    author = make_staff("Author")

    assert author.has_perms(["articles.publish_article", "media.add_image", "articles.add_tag"])
    assert not author.has_perm("articles.edit_any_article")
    assert not author.has_perm("media.edit_any_image")
    assert not author.has_perm("comments.moderate_comment")


def test_a_contributor_writes_and_changes_nothing_that_readers_see():
    contributor = make_staff("Contributor")

    assert contributor.has_perms(["articles.add_article", "media.add_image"])
    for name in ("publish_article", "edit_any_article", "delete_article", "add_tag"):
        assert not contributor.has_perm(f"articles.{name}")
    assert not contributor.has_perm("media.change_image")


def test_an_editor_may_do_nothing_with_accounts_and_settings():
    permissions = make_staff("Editor").get_all_permissions()

    assert not {name for name in permissions if name.startswith(("accounts.change_user", "site."))}


@pytest.mark.parametrize(
    ("role", "is_super", "may"),
    [
        ("Administrator", False, True),
        ("Administrator", True, False),
        ("Editor", False, False),
    ],
)
def test_only_a_superuser_manages_a_superuser(role, is_super, may):
    account = make_user(is_superuser=is_super)

    assert may_manage_account(make_staff(role), account) is may
    assert may_manage_account(make_user(is_superuser=True), account) is True
