"""What of a server's request reaches Django."""

import os

from blog import wsgi


def test_no_secret_of_the_process_is_in_a_request(monkeypatch):
    answered = []
    monkeypatch.setattr(wsgi, "django_application", lambda *asked: answered.append(asked) or [])
    request = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "HTTP_HOST": "x", "wsgi.input": None}

    secrets = dict.fromkeys(wsgi._OF_THE_PROCESS, "secret")
    assert {"DJANGO_SETTINGS_MODULE", "PATH"} <= secrets.keys() & os.environ.keys()

    wsgi.application.application(secrets | request, "start")

    assert answered == [(request, "start")]
