import blog.articles.models.addresses
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('media', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('slug', models.SlugField(help_text='Made from the title when left empty.', max_length=100, validators=[blog.articles.models.addresses.validate_article_slug], verbose_name='address')),
                ('path', models.CharField(editable=False, max_length=500, unique=True, verbose_name='path')),
                ('kind', models.CharField(choices=[('text', 'Text'), ('contact', 'Text with a contact form'), ('authors', 'Text with a list of the authors'), ('archives', 'Text with the archives')], default='text', max_length=10, verbose_name='kind')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft', max_length=10, verbose_name='status')),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='Order among the pages beside it.', verbose_name='position')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('body_html', models.TextField(blank=True, editable=False)),
                ('seo_description', models.CharField(blank=True, max_length=300, verbose_name='description for search engines')),
                ('is_noindex', models.BooleanField(default=False, verbose_name='hide from search engines')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last updated')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('trashed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='in the trash since')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='pages.page', verbose_name='within')),
                ('pictures', models.ManyToManyField(editable=False, related_name='pages', to='media.image', verbose_name='pictures in the text')),
            ],
            options={
                'verbose_name': 'page',
                'verbose_name_plural': 'pages',
                'ordering': ['position', 'title', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='page_has_address')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=245, verbose_name='name')),
                ('email', models.EmailField(max_length=100, verbose_name='email')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='subject')),
                ('body', models.TextField(verbose_name='text')),
                ('status', models.CharField(choices=[('new', 'New'), ('read', 'Read'), ('answered', 'Answered'), ('spam', 'Spam')], default='new', max_length=10, verbose_name='status')),
                ('score', models.FloatField(blank=True, editable=False, null=True, verbose_name='looks like spam')),
                ('reason', models.CharField(blank=True, editable=False, max_length=300, verbose_name='taken for spam because')),
                ('lesson', models.BooleanField(blank=True, editable=False, null=True)),
                ('visitor', models.UUIDField(blank=True, editable=False, null=True)),
                ('network_hash', models.CharField(blank=True, editable=False, max_length=32)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='sent')),
                ('user', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                ('page', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='pages.page', verbose_name='page')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['network_hash', 'created_at'], name='message_network'), models.Index(fields=['email', 'created_at'], name='message_email'), models.Index(fields=['created_at'], name='message_sent')],
            },
        ),
        migrations.CreateModel(
            name='PagePathHistory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=500, unique=True, verbose_name='path')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='since')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='old_paths', to='pages.page', verbose_name='page')),
            ],
            options={
                'verbose_name': 'old address of a page',
                'verbose_name_plural': 'old addresses of pages',
            },
        ),
        migrations.CreateModel(
            name='PageRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('saved', 'Saved'), ('autosave', 'Autosaved')], default='saved', max_length=10, verbose_name='kind')),
                ('version', models.PositiveIntegerField(null=True, verbose_name='version')),
                ('data', models.JSONField(verbose_name='content')),
                ('word_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='words')),
                ('base_version', models.PositiveIntegerField(editable=False, null=True)),
                ('session', models.CharField(blank=True, editable=False, max_length=32)),
                ('sequence', models.PositiveBigIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='saved')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='pages.page', verbose_name='page')),
            ],
            options={
                'verbose_name': 'version of a page',
                'verbose_name_plural': 'versions of pages',
                'ordering': ['-version', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('page', 'version'), name='page_revision_version_once'), models.UniqueConstraint(condition=models.Q(('kind', 'autosave')), fields=('session',), name='page_revision_one_autosave_of_a_session'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'autosave'), ('version__isnull', True)), models.Q(('kind', 'saved'), ('page__isnull', False), ('version__isnull', False)), _connector='OR'), name='page_revision_number_unless_autosaved')],
            },
        ),
    ]
