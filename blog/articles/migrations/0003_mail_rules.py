import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0002_working_status'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.AddField(
            model_name='note',
            name='mentioned',
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.CreateModel(
            name='MailRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('is_active', models.BooleanField(default=True, verbose_name='switched on')),
                ('kind', models.CharField(choices=[('step', 'A stage or a working status changes'), ('note', 'A private note is written'), ('before', 'Some days before publication'), ('overdue', 'The first draft is overdue')], default='step', max_length=10, verbose_name='when')),
                ('from_stage', models.CharField(blank=True, default='', max_length=10)),
                ('to_stage', models.CharField(blank=True, default='', max_length=10)),
                ('days', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='days before')),
                ('to_authors', models.BooleanField(default=False, verbose_name='its authors')),
                ('to_writer', models.BooleanField(default=False, verbose_name='whoever it is assigned to')),
                ('to_participants', models.BooleanField(default=False, verbose_name='whoever wrote notes on it')),
                ('address', models.EmailField(blank=True, help_text='Somebody without an account, too: they get the words below, but cannot open the article.', max_length=254, verbose_name='one address')),
                ('subject', models.CharField(max_length=150, verbose_name='subject')),
                ('text', models.TextField(max_length=2000, verbose_name='text')),
                ('from_status', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.workingstatus')),
                ('role', models.ForeignKey(blank=True, help_text='Of them those who may open the article.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='auth.group', verbose_name='everybody of a role')),
                ('to_status', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.workingstatus')),
            ],
            options={
                'verbose_name': 'mail rule',
                'verbose_name_plural': 'mail rules',
                'ordering': ['name', 'pk'],
            },
        ),
    ]
