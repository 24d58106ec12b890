"""`manage.py forget`: what is old enough, now."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from blog.privacy.retention import forget


class Command(BaseCommand):
    help = (
        "Forget browsers, networks, spam, trash, mail and keys that are older than the settings say. "
        "The worker does it once a day; without a worker, call it from a timer."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for what, count in asdict(forget()).items():
            self.stdout.write(f"{what.replace('_', ' ')}: {count}")
