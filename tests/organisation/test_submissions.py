"""Exactly once: the first request is recorded, the others get its answer."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from organisation.models import Site, Submission
from organisation.submissions import digest_of, form_content, submit


@pytest.fixture
def send(world):
    """Submit a request that renames a site; every call that truly records is counted."""
    uuid, calls = uuid4(), []

    def send(content=None, organisation=None, endpoint="sites", fails=None, uuid=uuid):
        def record(submission):
            calls.append(submission)
            Site.objects.filter(pk=world.canal.pk).update(name="renamed")
            if fails:
                raise fails
            return f"answer {len(calls)}"

        return submit(
            claim=Submission(
                organisation=organisation or world.navette, uuid=uuid, endpoint=endpoint
            ),
            content={"a": 1, "b": 2} if content is None else content,
            record=record,
        )

    send.calls = calls
    return send


def test_the_first_request_is_recorded_and_its_replay_gets_the_same_answer(send):
    assert send() == (True, "answer 1")
    assert send() == (False, "answer 1")
    assert len(send.calls) == 1
    assert Submission.objects.get().answer == "answer 1"


def test_the_order_of_keys_does_not_matter(send):
    send({"a": 1, "b": [2, {"c": 3, "d": 4}]})

    assert send({"b": [2, {"d": 4, "c": 3}], "a": 1})[0] is False


@pytest.mark.parametrize("content", [{"a": 1}, {"a": 1, "b": 3}, {"a": 1, "b": "2"}, []])
def test_other_content_under_the_same_id_is_a_conflict(content, send):
    send()

    with pytest.raises(ValidationError) as refusal:
        send(content)
    assert refusal.value.code == "id_reused"
    assert len(send.calls) == 1


def test_another_act_under_the_same_id_is_a_conflict(send):
    send()

    with pytest.raises(ValidationError) as refusal:
        send(endpoint="places")
    assert refusal.value.code == "id_reused"


def test_two_structures_may_use_the_same_id(send, world):
    send()

    assert send(organisation=world.port) == (True, "answer 2")


@pytest.mark.parametrize("refusal", [ValidationError("no"), PermissionDenied(), RuntimeError()])
def test_a_request_that_fails_leaves_nothing_and_is_judged_afresh(refusal, send, world):
    with pytest.raises(type(refusal)):
        send(fails=refusal)

    assert not Submission.objects.exists()
    assert Site.objects.get(pk=world.canal.pk).name == "Canal"
    assert send() == (True, "answer 2")


def test_a_digest_tells_types_apart():
    digests = {digest_of(content) for content in (1, "1", True, None, [1], {"1": 1}, 1.0)}

    assert len(digests) == 7


def test_a_form_is_the_same_whatever_its_csrf_token():
    assert form_content({"a": "1", "csrfmiddlewaretoken": "x"}) == {"a": "1"}
