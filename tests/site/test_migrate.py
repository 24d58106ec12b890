import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from blog.articles.models import Tag
from blog.site.management.commands.migrate import LAST_STEPS
from blog.site.triggers import drop_triggers, install_triggers, missing_triggers


@pytest.mark.django_db
def test_a_missing_folder_is_named(monkeypatch, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its files itself.")
    monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "gone" / "db.sqlite3")

    with pytest.raises(CommandError, match=r"no folder .*gone.*DATA_DIR"):
        call_command("migrate")


@pytest.mark.django_db(transaction=True)
def test_a_table_that_triggers_of_others_name_can_be_rebuilt():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL rebuilds no tables.")
    drop_triggers(connection)
    try:
        with connection.schema_editor() as editor:
            editor._remake_table(Tag)
    finally:
        install_triggers(connection)

    assert missing_triggers(connection) == set()


@pytest.mark.django_db
def test_a_database_that_had_half_of_the_old_steps_is_refused_with_a_sentence():
    recorder = MigrationRecorder(connection)
    recorder.record_applied("articles", "0002_who_may_read")

    with pytest.raises(CommandError, match="earlier clone"):
        call_command("migrate")

    for step in LAST_STEPS:
        recorder.record_applied(*step)
    call_command("migrate", verbosity=0)
