"""What may happen to a row that other rows may rest on."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _


def is_pointed_at(row: models.Model) -> bool:
    """Whether anything rests on ``row``: then it is set aside, never deleted."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row}).exists()
        for relation in row._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is models.PROTECT
    )


@transaction.atomic
def erase(*, row: models.Model) -> None:
    """Delete a row that was never used. Raises ValidationError ``in_use``."""
    if is_pointed_at(row):
        raise ValidationError(
            _("“%(name)s” has been used: set it aside instead."),
            code="in_use",
            params={"name": row},
        )
    row.delete()
