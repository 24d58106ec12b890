"""The settings that guard sessions, read as a deployment reads them: from its environment, afresh."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = (
    "SESSION_COOKIE_NAME SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE "
    "CSRF_COOKIE_NAME CSRF_COOKIE_SECURE CSRF_COOKIE_HTTPONLY MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"
).split()
READ = (
    "import json, sys; from django.conf import settings;"
    "print(json.dumps([getattr(settings, name) for name in sys.argv[1:]]))"
)


@pytest.mark.parametrize(
    ("site_url", "values"),
    [
        (
            "https://blog.example.org",
            ["__Host-sessionid", True, True, "Lax", "__Host-csrftoken", True, True, False],
        ),
        (
            "http://localhost:8000",
            ["sessionid", False, True, "Lax", "csrftoken", False, True, True],
        ),
    ],
)
def test_cookies_are_bound_to_https_where_there_is_https(tmp_path, site_url, values):
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "blog.settings",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "only-for-this-test",
        "SITE_URL": site_url,
    }

    done = subprocess.run(
        [sys.executable, "-c", READ, *NAMES],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout) == values
