"""Which passwords are taken, and how a person changes their own."""

import asyncio
from typing import Any

import pytest
from pwdlib import PasswordHash

from operational.auth.domain.password_policy import LEAST_LENGTH, weakness_of
from operational.auth.service.passwords import WeakPasswordError, hash_password
from tests.operational.api.conftest import PASSWORD

NEW = "violet tractors never whistle"


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("k7#Vq!", "too_short"),
        ("x" * (LEAST_LENGTH - 1), "too_short"),
        ("aaaaaaaaaaaaaaaa", "easily_guessed"),
        ("123456789012", "easily_guessed"),
        ("passwordpassword", "easily_guessed"),
        ("P@ssw0rd12345", "easily_guessed"),
        ("qwertzuiop123", "easily_guessed"),
        # words about the person
        ("anna.example.test", "easily_guessed"),
        ("Annasystemhaus1", "easily_guessed"),
        (NEW, None),
        # no kinds of characters are asked for, and length has no end
        ("wir trinken um vier tee", None),
        ("fAv8fhZ2kQpLmzz", None),
        (NEW * 20, None),
    ],
)
def test_length_and_commonness_count_and_composition_does_not(password: str, weakness: str | None) -> None:
    assert weakness_of(password, ["anna@example.test", "Anna", "systemhaus"]) == weakness


def test_a_weak_password_is_never_hashed() -> None:
    with pytest.raises(WeakPasswordError, match="12 characters"):
        hash_password("short")
    with pytest.raises(WeakPasswordError, match="easily guessed"):
        hash_password("passwordpassword")


def test_whoever_has_the_hashes_pays_for_each_guess(slow_hasher: PasswordHash) -> None:
    # the second recommended option of RFC 9106, section 4
    assert slow_hasher.hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def change(api: Any, caller: Any, current: str, new: str) -> Any:
    body = {"current_password": current, "new_password": new}
    return await api.client.put("/api/auth/password", json=body, headers=caller.headers)


@pytest.mark.anyio
async def test_a_new_password_opens_and_ends_the_other_sessions(api: Any) -> None:
    anna = await api.caller("technician")
    other = (await api.log_in("technician0@example.test")).json()
    assert (await change(api, anna, PASSWORD, NEW)).status_code == 204
    assert (await anna.get("/api/auth/me")).status_code == 200
    elsewhere = {"Authorization": f"Bearer {other['access_token']}"}
    assert (await api.client.get("/api/auth/me", headers=elsewhere)).json()["code"] == "session_ended"
    assert (await api.log_in("technician0@example.test")).status_code == 401
    assert (await api.log_in("technician0@example.test", NEW)).status_code == 200
    assert ("password_changed",) in api.query("select kind from auth.security_event")


@pytest.mark.anyio
async def test_a_weak_one_is_refused_with_its_reason_and_nothing_changes(api: Any) -> None:
    anna = await api.caller("technician")
    for new, code in (("short", "password_too_short"), ("technician0@example.test", "password_easily_guessed")):
        # as often as one likes: the present password was right
        for _ in range(6):
            refused = await change(api, anna, PASSWORD, new)
            assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert refused.json()["errors"][0]["field"] == "new_password"
    assert (await api.log_in("technician0@example.test")).status_code == 200


@pytest.mark.anyio
async def test_whoever_found_an_open_page_cannot_try_passwords_there(api: Any) -> None:
    anna = await api.caller("technician")
    answers = await asyncio.gather(*(change(api, anna, f"wrong password {n}", NEW) for n in range(9)))
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 4
    assert {answer.json()["code"] for answer in answers} == {"wrong_password", "too_many_attempts"}
    assert (await change(api, anna, PASSWORD, NEW)).status_code == 429
    api.clock.advance(minutes=1)
    assert (await change(api, anna, PASSWORD, NEW)).status_code == 204
