from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0004_places'),
    ]

    operations = [
        migrations.AddField(
            model_name='article',
            name='is_trending',
            field=models.BooleanField(default=False, help_text='Says so on cards and above the title.', verbose_name='trending'),
        ),
        migrations.AddField(
            model_name='article',
            name='lead_embed',
            field=models.URLField(blank=True, default='', help_text='Of a page on YouTube or Vimeo; on SoundCloud or Spotify. It stands in place of the lead picture, and is loaded once a reader presses play.', max_length=500, verbose_name='address of the film or sound'),
        ),
        migrations.AddField(
            model_name='article',
            name='list_title',
            field=models.CharField(blank=True, default='', help_text='On cards and in links from other articles. Empty: the title.', max_length=200, verbose_name='title in lists'),
        ),
        migrations.AddField(
            model_name='article',
            name='post_format',
            field=models.CharField(choices=[('standard', 'Standard: its picture'), ('image', 'Picture, as wide as the window'), ('video', 'Video'), ('gallery', 'Gallery: the first one of the text'), ('audio', 'Audio')], default='standard', max_length=10, verbose_name='what leads'),
        ),
    ]
