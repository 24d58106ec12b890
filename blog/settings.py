"""Settings of one deployment, read from the environment. What an owner decides is a row: blog.site."""

import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from blog import environment
from blog.environment import env_value, text

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = env_value("DEBUG", environment.switch)
DATA_DIR = env_value("DATA_DIR", environment.folder(BASE_DIR / "var"))

THEME = DATA_DIR / "theme"  # what the owner lays over templates and static files: docs/themes.md


def secret_key() -> str:
    """Return SECRET_KEY, or the secret that `quickstart` made and keeps in the data folder."""
    if key := text("SECRET_KEY"):
        return key
    kept = DATA_DIR / "secret_key"
    if kept.is_file() and (key := kept.read_text().strip()):
        return key
    if DEBUG:
        return "dev-only-" + secrets.token_hex(32)
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it, or run `manage.py quickstart` once, which makes one."
    )


SECRET_KEY = secret_key()

SITE_URL = env_value("SITE_URL", environment.site_url)
SITE_IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env_value(
    "ALLOWED_HOSTS",
    environment.hosts(
        ["127.0.0.1", "localhost", "[::1]"] + [environment.host_of(SITE_URL)] * bool(SITE_URL)
    ),
)
TRUSTED_PROXIES = env_value("TRUSTED_PROXIES", environment.networks)
# The header in which a trusted proxy says which country a reader is in, for a rule about it.
COUNTRY_HEADER = text("COUNTRY_HEADER")
if COUNTRY_HEADER and not (TRUSTED_PROXIES and re.fullmatch("[A-Za-z0-9-]+", COUNTRY_HEADER)):
    raise ImproperlyConfigured(
        f"COUNTRY_HEADER has a wrong value: {COUNTRY_HEADER!r}. Name a header of your own proxy, such as"
        " CF-IPCountry, and the proxy in TRUSTED_PROXIES."
    )

INSTALLED_APPS = [
    "accounts",
    "blog.site",  # before django.contrib.*: its `migrate` also (re)creates the triggers
    "blog.media",
    "blog.spam",
    "blog.outbox",
    "blog.redirects",
    "blog.articles",
    "blog.comments",
    "blog.ratings",
    "blog.reads",
    "blog.announcing",
    "blog.pages",
    "blog.frame",
    "blog.transfer",
    "blog.privacy",
    "blog.search",
    "blog.public",
    "blog.pagestore",
    "blog.quickstart",
    "blog.owner",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # its widget templates, for FORM_RENDERER
    "crispy_forms",
    "crispy_bootstrap5",
    "js_asset",
    "django_prose_editor",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "blog.site.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "blog.site.middleware.SiteMiddleware",
    "blog.site.middleware.DeskMiddleware",
]

ROOT_URLCONF = "blog.urls"
WSGI_APPLICATION = "blog.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [THEME / "templates", BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "blog.site.template_loaders.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "blog.public.context.site",
            ],
        },
    },
]
FORM_RENDERER = "blog.site.form_renderer.FormRenderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"


DATABASES = {
    "default": env_value("DATABASE_URL", environment.database(DATA_DIR / "db.sqlite3")),
}
CACHES = {"default": env_value("CACHE_URL", environment.cache(DATA_DIR / "cache"))}
MAILERS = {"default": env_value("EMAIL_URL", environment.mailer(DATA_DIR / "mail"))}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env_value(
    "EMAIL_URL", environment.sender(f"byline@{urlsplit(SITE_URL).hostname or 'localhost'}")
)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
    *(
        {"NAME": f"django.contrib.auth.password_validation.{validator}"}
        for validator in (
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
]

# Accounts (allauth). Its throttles keep their defaults: ten failed sign-ins a minute from one network
# and five in five minutes for one account, whoever tries.
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # at sign-in; a changed address must always be confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "add_email": "accounts.forms.ChangeEmailForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # who signs up has proved the address, so none is a stranger’s
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a phone's clock may be off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SITE_IS_HTTPS  # http://localhost
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ReauthenticateCodeForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.AddKeyForm",
    "edit_webauthn": "accounts.forms.EditKeyForm",
}
# Accounts: end.

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
# What an owner may choose: English, in which all texts are written, and the languages that we speak.
LANGUAGES = [
    ("en", "English"),
    *(
        (code, LANG_INFO[code]["name_local"].capitalize())
        for code in sorted(
            path.parts[-3] for path in LOCALE_PATHS[0].glob("*/LC_MESSAGES/django.mo")
        )
    ),
]
USE_I18N = True
FORMAT_MODULE_PATH = "blog.formats"  # days as our pages write them, where Django writes one
TIME_ZONE = "UTC"  # of the server; pages use the zone in the site settings
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [*filter(Path.is_dir, [THEME / "static"]), BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env_value("MEDIA_ROOT", environment.folder(DATA_DIR / "media"))
STORAGES = {
    "default": env_value("STORAGE_URL", environment.storage),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "blog.site.static_storage.StaticStorage"
    },
}
# Compressing is most of the first start's time: nothing twice, and no source maps.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "jpg", "webp", "gif", "woff2", "gz", "br"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # bytes; files are counted apart
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_PERMISSIONS = 0o644

# One strict policy for every page. The nonce is sent only by pages that ask for one: the admin does,
# a public page cannot, since everybody shares it.
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_SSL_REDIRECT = SITE_IS_HTTPS
# Whoever watches a server asks it directly, past the proxy that has the certificate.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SITE_IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SITE_IS_HTTPS
SECURE_HSTS_PRELOAD = SITE_IS_HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SITE_IS_HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if SITE_IS_HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if SITE_IS_HTTPS else "csrftoken"
CSRF_COOKIE_HTTPONLY = True  # the admin reads the token from the form, never from the cookie
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"in_one_line": {"()": "blog.refusals.InOneLine"}},
    "handlers": {
        # The task worker tells of every task it begins and ends: only what went wrong is news.
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["in_one_line"],
            "level": "WARNING",
        }
    },
    # Past Django's own handler, which would mail a malformed request as an error.
    "loggers": {"django.security": {"handlers": ["console"], "propagate": False}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
