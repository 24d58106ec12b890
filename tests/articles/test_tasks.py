"""What a worker that was stopped leaves behind."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from blog.articles.related import prepare_related
from blog.articles.tasks import resume_begun
from blog.media.tasks import render_picture


@pytest.mark.django_db
def test_what_a_stopped_worker_had_begun_is_begun_again(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    for task, minutes in ((render_picture, 16), (render_picture, 1), (prepare_related, 16)):
        begun = DBTaskResult.objects.filter(pk=task.enqueue(1).id)
        begun.update(status="RUNNING", started_at=timezone.now() - timedelta(minutes=minutes))

    assert resume_begun.call() == 2

    # The other picture is being made, as far as anybody knows; the next look is planned.
    left = DBTaskResult.objects.values_list("task_path", "status")
    assert sorted(path.rpartition(".")[2] + " " + status for path, status in left) == [
        "prepare_related READY",
        "render_picture READY",
        "render_picture RUNNING",
        "resume_begun READY",
    ]
