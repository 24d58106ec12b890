import pytest
from django.core.management import CommandError, call_command
from django.db import connection


@pytest.mark.django_db
def test_a_missing_folder_is_named(monkeypatch, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps its files itself.")
    monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "gone" / "db.sqlite3")

    with pytest.raises(CommandError, match=r"no folder .*gone.*DATA_DIR"):
        call_command("migrate")
