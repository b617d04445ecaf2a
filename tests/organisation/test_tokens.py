"""Keys to the API: made once, kept as a hash, ended with their owner."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from organisation.models import Token, User
from tests.conftest import Api


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("create_token", *arguments, stdout=out)
    return out.getvalue().splitlines()[-1]


def test_the_command_prints_a_token_that_opens_the_api(world):
    secret = printed("--login", "sorter", "--name", "tablet")

    caller = Api(None)
    caller.headers = {"Authorization": f"Bearer {secret}"}
    assert caller.get("organisation/sites").json()["items"][0]["code"] == "canal"
    assert Token.objects.get().name == "tablet"


def test_only_a_hash_of_a_token_is_kept(world):
    secret = printed("--login", "sorter")

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM organisation_token")
        row = cursor.fetchone()
    assert secret not in map(str, row)
    assert Token.digest_of(secret) in row
    assert len(secret) >= 43  # 256 bits


def test_two_tokens_are_never_the_same(world):
    assert printed("--login", "sorter") != printed("--login", "sorter")


@pytest.mark.parametrize("login", ["nobody", "", "SORTER"])
def test_an_unknown_login_is_refused_in_french(login, world):
    with pytest.raises(CommandError, match="Personne ne se connecte"):
        printed("--login", login)
    assert not Token.objects.exists()


def test_somebody_without_structure_or_no_longer_there_gets_no_token(world):
    User.objects.create(username="stray")
    User.objects.filter(username="sorter").update(is_active=False)

    for login in ("stray", "sorter"):
        with pytest.raises(CommandError):
            printed("--login", login)
    assert not Token.objects.exists()


def test_a_name_longer_than_its_column_is_refused(world):
    with pytest.raises(CommandError):
        printed("--login", "sorter", "--name", "x" * 121)


def test_a_token_ends_with_its_owner_or_its_revocation(world):
    token, secret = Token.objects.issue(world.sorter, "tablet")
    assert Token.objects.owner(secret) == world.sorter

    User.objects.filter(pk=world.sorter.pk).update(is_active=False)
    assert Token.objects.owner(secret) is None

    User.objects.filter(pk=world.sorter.pk).update(is_active=True)
    Token.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
    assert Token.objects.owner(secret) is None
