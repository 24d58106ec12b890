"""What changed, written by triggers within the transaction that changed it."""

from django.db import models


class Change(models.Model):
    """One tag (`article:12`, `site`) whose pages are out of date. Kept for a day (changes.py)."""

    tag = models.CharField(max_length=80)
    # PostgreSQL's number of the writing transaction: ids are not committed in order there, but what is
    # at or above the oldest running transaction is read again. NULL on SQLite, which has one writer.
    transaction_id = models.BigIntegerField(null=True, db_index=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "change"

    def __str__(self) -> str:
        return self.tag
