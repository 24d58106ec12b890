"""Take names, addresses and texts out of the admin's log, which outlives what is erased."""

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat

WORDS = {
    ("comments", "comment"): "Comment ",
    ("comments", "ban"): "Ban ",
    ("pages", "message"): "Message ",
    ("ratings", "rating"): "Vote ",
    ("outbox", "mail"): "Mail ",
}


def name_by_number(apps, schema_editor):
    entries = apps.get_model("admin", "LogEntry").objects.using(schema_editor.connection.alias)
    for (app, model), word in WORDS.items():
        rows = entries.filter(content_type__app_label=app, content_type__model=model)
        rows.update(object_repr=Concat(Value(word), F("object_id")))


class Migration(migrations.Migration):

    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("comments", "0006_about_a_question"),
    ]

    operations = [migrations.RunPython(name_by_number, migrations.RunPython.noop)]
