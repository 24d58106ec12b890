"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from blog.owner import views as owner
from blog.public.desk import with_what_waits
from blog.public.views import profile, signing_up, statistics

admin.site.index = with_what_waits(admin.site.index)  # type: ignore[assignment, method-assign]
admin.site.index = owner.with_first_steps(admin.site.index)  # type: ignore[assignment, method-assign]
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

admin.site.index_title = _("Desk")

urlpatterns = [
    path("admin/health/", owner.health, name="health"),
    path("admin/activity/", owner.activity, name="activity"),
    path("admin/first-steps/hide/", owner.hide_first_steps, name="first-steps-hide"),
    path("admin/demo-away/", owner.demo_away, name="demo-away"),
    path(
        "admin/articles/article/<int:article_id>/statistics/",
        statistics.statistics,
        name="article-statistics",
    ),
    path("admin/", admin.site.urls),
    path("accounts/profile/", profile.edit, name="profile"),
    path("accounts/profile/sessions/end/", profile.end_sessions, name="profile-end-sessions"),
    path(
        "accounts/profile/calendar/renew/", profile.renew_calendar, name="profile-renew-calendar"
    ),
    path(
        "accounts/profile/links/<int:pk>/revoke/",
        profile.revoke_draft_link,
        name="profile-revoke-link",
    ),
    path(
        "accounts/profile/application-passwords/",
        profile.make_password,
        name="profile-make-password",
    ),
    path(
        "accounts/profile/application-passwords/revoke/",
        profile.revoke_passwords,
        name="profile-revoke-passwords",
    ),
    path(
        "accounts/profile/application-passwords/<int:pk>/revoke/",
        profile.revoke_password,
        name="profile-revoke-password",
    ),
    path("accounts/signup/", signing_up.ask, name="account_signup"),
    path("accounts/signup/sent/", signing_up.sent, name="sign-up-sent"),
    path("accounts/signup/<str:token>/", signing_up.finish, name="sign-up-finish"),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("blog.api.urls")),
    path("", include("blog.public.urls")),
]

handler400 = "blog.public.views.errors.bad_request"
handler403 = "blog.public.views.errors.permission_denied"
handler404 = "blog.public.views.errors.page_not_found"
handler500 = "blog.public.views.errors.server_error"
