"""What is due to funders, and what is mailed about it: each thing once."""

from datetime import date
from smtplib import SMTPException

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from reporting.models import Mailing
from reporting.reports import mailing
from reporting.reports.dossier import deadline, dossier
from reporting.reports.reading import chosen
from reporting.scopes import Scope

JANUARY = date(2027, 1, 10)


@pytest.fixture
def year(world, books):
    canal = books.at(world.canal)
    books.book(canal.drop_off, canal.bulk, "MOB", 8_000)
    books.book(canal.bulk, canal.reuse, "MOB", 5_700)
    return world


def due(world, code="ademe", today=JANUARY):
    [found] = [
        each
        for each in dossier(world.navette, Scope.of_sites([world.canal]), today)
        if each.offered.code == code
    ]
    return found


def test_what_is_missing_is_said(year):
    found = due(year)
    assert (found.name, found.day, found.published) == ("2026", date(2027, 1, 31), None)
    assert found.missing[0] == "Canal\u00a0: des mois ne sont pas encore clos."
    assert "Ateliers de sensibilisation\u00a0: rien n’est connu." in found.missing
    assert not found.is_ready


def test_a_day_that_has_passed_is_told_apart(year):
    assert not due(year, today=date(2027, 1, 31)).is_past
    assert due(year, today=date(2027, 2, 1)).is_past


def test_a_deadline_is_the_first_such_day_after_the_period():
    assert deadline("01-31", date(2026, 12, 31)) == date(2027, 1, 31)
    assert deadline("02-30", date(2026, 12, 31)) == date(2027, 2, 28)
    assert deadline("12-31", date(2026, 6, 30)) == date(2026, 12, 31)
    assert deadline("", date(2026, 12, 31)) is None


def test_the_page_lists_every_funder(year, client):
    client.force_login(year.anna)
    page = client.get("/rapports/dossier/").content.decode()
    assert "Fonds économie circulaire" in page
    assert "Observatoire de réseau" in page


def with_address(world):
    world.anna.email = "anna@navette.example"
    world.anna.save()


def keys(world, today=JANUARY):
    return mailing.send(organisation=world.navette, today=today)


def test_the_month_and_the_reminders_are_mailed_once(year, mailoutbox):
    with_address(year)
    sent = keys(year)
    assert "month/202612" in sent
    assert "deadline/ademe/2027-01-31/30" in sent
    assert "deadline/ademe/2027-01-31/7" not in sent
    assert keys(year) == []
    assert "deadline/ademe/2027-01-31/7" in keys(year, date(2027, 1, 25))
    assert len(mailoutbox) == Mailing.objects.count()
    [monthly] = [mail for mail in mailoutbox if mail.attachments]
    assert monthly.to == ["anna@navette.example"]
    assert monthly.attachments[0][1][:5] == b"%PDF-"
    assert "{" not in monthly.body


def test_a_month_is_mailed_once_entries_had_two_days_to_arrive(year, mailoutbox):
    with_address(year)
    assert "month/202612" not in keys(year, date(2027, 1, 2))
    assert "month/202612" in keys(year, date(2027, 1, 3))


def test_what_could_not_be_sent_is_tried_again(year, mailoutbox, monkeypatch):
    with_address(year)

    def refuse(_message):
        raise SMTPException

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", refuse)
        with pytest.raises(CommandError):
            call_command("send_reports")
    assert not Mailing.objects.exists()
    assert "month/202612" in keys(year)


def test_only_directors_of_the_whole_structure_are_written_to(year):
    for person in (year.anna, year.director, year.manager):
        person.email = f"{person.username}@navette.example"
        person.save()
    assert mailing.addresses(year.navette) == ["anna@navette.example"]


def test_a_template_of_the_structure_s_own_is_due_too(year):
    assert chosen(year.navette, "ademe") is not None
    assert chosen(year.navette, "nowhere") is None
