"""Working statuses, and those that a desk begins with: its owner may rename or delete them."""

import django.db.models.deletion
from django.db import migrations, models

STATUSES = [
    {"name": "Pitch", "colour": "violet", "position": 10},
    {"name": "Assigned", "colour": "blue", "position": 20, "is_for_assigned": True},
    {"name": "In progress", "colour": "amber", "position": 30},
]


def make(apps, schema_editor):
    status = apps.get_model("articles", "WorkingStatus")
    status.objects.bulk_create(status(**values) for values in STATUSES)


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.AddField(
            model_name='stagechange',
            name='status_after',
            field=models.CharField(blank=True, default='', max_length=40),
        ),
        migrations.AddField(
            model_name='stagechange',
            name='status_before',
            field=models.CharField(blank=True, default='', max_length=40),
        ),
        migrations.CreateModel(
            name='WorkingStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(error_messages={'unique': 'Another status has this name.'}, max_length=40, unique=True, verbose_name='name')),
                ('colour', models.CharField(choices=[('grey', 'Grey'), ('blue', 'Blue'), ('green', 'Green'), ('amber', 'Amber'), ('red', 'Red'), ('violet', 'Violet')], default='grey', max_length=10, verbose_name='colour')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_for_assigned', models.BooleanField(default=False, help_text='An article without a status gets this one when somebody is asked to write it.', verbose_name='for what is assigned')),
                ('roles', models.ManyToManyField(blank=True, help_text='No role: whoever may change the article.', related_name='+', to='auth.group', verbose_name='who may choose it')),
            ],
            options={
                'verbose_name': 'working status',
                'verbose_name_plural': 'working statuses',
                'ordering': ['position', 'name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='working_status',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.workingstatus', verbose_name='working status'),
        ),
        migrations.RunPython(make, migrations.RunPython.noop),
    ]
