"""A mail server beside each test of the outbox."""

import threading
from collections.abc import Iterator

import pytest

from tests.smtp import MailServer


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    """Run a mail server, and let the site send by it."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        settings.MAILERS = server.mailers
        yield server
        server.shutdown()
