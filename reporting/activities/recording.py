"""Noting an activity, cancelling it, and noting whom a structure serves."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisation.models import Submission, User
from reporting.models import AMOUNTS, Activity, Population


@transaction.atomic
def note_activity(*, activity: Activity, author: User, submission: Submission) -> Activity:
    """Note people, sessions, hours or euros of a site; a month's are kept on its first day.

    Closed months take them too: hours are known after the month is closed, and move no gram.
    Raises ValidationError ``bad_day``, ``nothing_counted``, ``not_of_this_kind``, ``unknown_what``.
    """
    if activity.told.is_monthly:
        activity.day = activity.day.replace(day=1)
    if activity.day > activity.site.business_date(timezone.now()):
        raise ValidationError(_("This day is still to come, or too long ago."), code="bad_day")
    activity.clean()
    return _written(activity, author, submission)


@transaction.atomic
def cancel_activity(
    *, activity: Activity, author: User, submission: Submission, note: str
) -> Activity:
    """Note the mirror of an activity, on its own day.

    Raises ValidationError ``cannot_reverse`` or ``already_reversed``.
    """
    Activity.objects.select_for_update().get(pk=activity.pk)
    if activity.reverses_id:
        raise ValidationError(_("A cancellation is not cancelled."), code="cannot_reverse")
    if Activity.objects.filter(reverses=activity).exists():
        raise ValidationError(_("This activity is already cancelled."), code="already_reversed")
    kept = ("site", "kind", "day", "what", "unit", "partner")
    mirror = Activity(
        **{name: getattr(activity, name) for name in kept},
        **{name: -getattr(activity, name) for name in AMOUNTS},
        note=note,
        reverses=activity,
    )
    return _written(mirror, author, submission)


@transaction.atomic
def note_population(*, population: Population, author: User, submission: Submission) -> Population:
    """Note how many live where a structure collects; the latest of a day holds.

    Raises ValidationError ``nobody_lives_there``.
    """
    if population.people < 1:
        raise ValidationError(_("Write how many people live there."), code="nobody_lives_there")
    population.author, population.submission = author, submission
    population.recorded_at = timezone.now()
    population.save()
    return population


def _written(activity: Activity, author: User, submission: Submission) -> Activity:
    activity.author, activity.submission = author, submission
    activity.recorded_at = timezone.now()
    activity.save()
    return activity
