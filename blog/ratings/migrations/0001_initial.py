import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('articles', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Burst',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('many', 'Many votes within an hour'), ('fast', 'Faster than people read')], editable=False, max_length=4, verbose_name='reason')),
                ('network_hash', models.CharField(blank=True, editable=False, max_length=32, verbose_name='network')),
                ('outcome', models.CharField(choices=[('waiting', 'Waiting'), ('released', 'Counted'), ('dropped', 'Not counted')], default='waiting', editable=False, max_length=8, verbose_name='outcome')),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='decided')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='began')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bursts', to='articles.article', verbose_name='article')),
                ('decided_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'burst of votes',
                'verbose_name_plural': 'bursts of votes',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['article', 'network_hash'], name='burst_of_network')],
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visitor', models.UUIDField(blank=True, null=True, verbose_name='guest')),
                ('stars', models.PositiveSmallIntegerField(choices=[(1, 'Not useful'), (2, 'Slightly useful'), (3, 'Useful'), (4, 'Very useful'), (5, 'Excellent')], verbose_name='stars')),
                ('network_hash', models.CharField(blank=True, editable=False, max_length=32, verbose_name='network')),
                ('is_counted', models.BooleanField(default=True, editable=False, verbose_name='counted')),
                ('seconds_taken', models.PositiveIntegerField(editable=False, null=True, verbose_name='seconds before the vote')),
                ('feedback', models.TextField(blank=True, help_text='Only the authors read it.', max_length=2000, verbose_name='how it could be better')),
                ('feedback_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='told')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='voted')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='articles.article', verbose_name='article')),
                ('burst', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='ratings', to='ratings.burst', verbose_name='set aside with')),
                ('revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.revision', verbose_name='version of the article')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'vote',
                'verbose_name_plural': 'votes',
                'indexes': [models.Index(fields=['article', 'network_hash', 'created_at'], name='rating_network_pace'), models.Index(fields=['network_hash', 'created_at'], name='rating_site_pace'), models.Index(fields=['-feedback_at', '-id'], name='rating_feedback'), models.Index(fields=['-created_at', '-id'], name='rating_log')],
                'constraints': [models.CheckConstraint(condition=models.Q(('stars__gte', 1), ('stars__lte', 5)), name='rating_stars_1_to_5', violation_error_message='Choose between one and five stars.'), models.CheckConstraint(condition=models.Q(models.Q(('user__isnull', True), ('visitor__isnull', False)), models.Q(('user__isnull', False), ('visitor__isnull', True)), _connector='OR'), name='rating_user_or_visitor'), models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('article', 'user'), name='rating_one_per_user'), models.UniqueConstraint(condition=models.Q(('visitor__isnull', False)), fields=('article', 'visitor'), name='rating_one_per_visitor'), models.CheckConstraint(condition=models.Q(('is_counted', True), ('burst__isnull', False), _connector='OR'), name='rating_set_aside_with_burst')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
            ],
            options={
                'verbose_name': 'feedback',
                'verbose_name_plural': 'feedback',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('ratings.rating',),
        ),
        migrations.CreateModel(
            name='RatingSummary',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='rating_summary', serialize=False, to='articles.article', verbose_name='article')),
                ('count', models.PositiveIntegerField(default=0, verbose_name='votes')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='sum of stars')),
                ('c1', models.PositiveIntegerField(default=0, verbose_name='one star')),
                ('c2', models.PositiveIntegerField(default=0, verbose_name='two stars')),
                ('c3', models.PositiveIntegerField(default=0, verbose_name='three stars')),
                ('c4', models.PositiveIntegerField(default=0, verbose_name='four stars')),
                ('c5', models.PositiveIntegerField(default=0, verbose_name='five stars')),
            ],
            options={
                'verbose_name': 'rating summary',
                'verbose_name_plural': 'rating summaries',
                'indexes': [models.Index(fields=['count', 'total'], name='rating_summary_totals')],
                'constraints': [models.CheckConstraint(condition=models.Q(('count', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('c1'), '+', models.F('c2')), '+', models.F('c3')), '+', models.F('c4')), '+', models.F('c5')))), name='rating_summary_count_is_sum'), models.CheckConstraint(condition=models.Q(('total', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('c1'), '+', django.db.models.expressions.CombinedExpression(models.F('c2'), '*', models.Value(2))), '+', django.db.models.expressions.CombinedExpression(models.F('c3'), '*', models.Value(3))), '+', django.db.models.expressions.CombinedExpression(models.F('c4'), '*', models.Value(4))), '+', django.db.models.expressions.CombinedExpression(models.F('c5'), '*', models.Value(5))))), name='rating_summary_total_is_sum')],
            },
        ),
    ]
