"""Make the smaller files of pictures that lack them: after an import, a restore, or without a worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from blog.media.models import Image
from blog.media.renditions import ReplacedError, forget_lost_files, make_renditions


class Command(BaseCommand):
    help = (
        "Make the renditions that pictures lack. It can be stopped and started again at any time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            help="Look at the files of every picture, also where all are said to be there.",
        )

    def handle(self, *args: Any, all: bool, **options: Any) -> None:  # noqa: A002 (the option's name)
        images = Image.objects.all() if all else Image.objects.without_renditions()
        made = failed = 0
        for pk in list(images.order_by("pk").values_list("pk", flat=True)):
            image = Image.objects.filter(pk=pk).first()
            if image is None:
                continue  # deleted meanwhile
            if all:
                forget_lost_files(image=image)
                image.rendered_at = None  # what follows from the files is done again, too
            try:
                made += make_renditions(image=image)
            except ReplacedError:
                continue
            except OSError as error:
                failed += 1
                self.stderr.write(f"{image.file.name}: {error}")
        self.stdout.write(ngettext("%d file made.", "%d files made.", made) % made)
        if failed:
            text = ngettext(
                "%d picture has no readable file.", "%d pictures have no readable file.", failed
            )
            raise CommandError(text % failed)
