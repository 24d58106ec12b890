from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('media', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='image',
            name='original',
            field=models.FileField(blank=True, default='', editable=False, upload_to='pictures/originals'),
        ),
        migrations.AddField(
            model_name='image',
            name='original_focus',
            field=models.JSONField(default=list, editable=False),
        ),
    ]
