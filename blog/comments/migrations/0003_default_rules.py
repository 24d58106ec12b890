"""The rules a site begins with: WordPress's decisions in WordPress's order, and the spam score's.

Disallowed words come first: in WordPress they act even for writers who are known.
"""

from django.db import migrations

EVERYWHERE = ["body", "name", "email", "website", "user_agent"]
RULES = [
    {
        "position": 10,
        "name": "Disallowed words",
        "kind": "words",
        "whole_words": False,
        "fields": EVERYWHERE,
        "action": "refuse",
    },
    {
        "position": 20,
        "name": "Surely spam",
        "kind": "score",
        "threshold": 0.95,
        "action": "spam",
    },
    {
        "position": 30,
        "name": "Hold every comment",
        "kind": "every",
        "action": "hold",
        "is_active": False,
    },
    {
        "position": 40,
        "name": "Many links",
        "kind": "links",
        "threshold": 2,
        "action": "hold",
    },
    {
        "position": 50,
        "name": "Words that hold a comment",
        "kind": "words",
        "whole_words": False,
        "fields": EVERYWHERE,
        "action": "hold",
    },
    {
        "position": 60,
        "name": "Perhaps spam",
        "kind": "score",
        "threshold": 0.5,
        "action": "hold",
    },
    {
        "position": 70,
        "name": "First comment of a writer",
        "kind": "newcomer",
        "action": "hold",
    },
]


def make(apps, schema_editor):
    rule = apps.get_model("comments", "Rule")
    rule.objects.bulk_create(rule(**values) for values in RULES)


class Migration(migrations.Migration):
    dependencies = [("comments", "0002_search")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
