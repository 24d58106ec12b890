"""Nobody could choose a language so far: everybody gets that of the site."""

from django.db import migrations


def forget(apps, schema_editor):
    apps.get_model("accounts", "User").objects.update(locale="")


def restore(apps, schema_editor):
    apps.get_model("accounts", "User").objects.filter(locale="").update(locale="en")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_language_of_the_desk")]

    operations = [migrations.RunPython(forget, restore)]
