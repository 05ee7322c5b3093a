"""What claims say of a person: pure rules, by preset."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operational.auth.domain.sso import (
    ENTRA,
    GENERIC,
    GOOGLE,
    KEYCLOAK,
    ClaimsError,
    authenticated_at,
    claim_at,
    claimed,
    domain_of,
    groups_of,
    is_of_domains,
    is_verified,
    merged,
    roles_now,
)

NOW = 1_800_000_000
GROUPS = st.sampled_from("123")
NAMES = st.sets(st.sampled_from("abcdef"))


@pytest.mark.parametrize(
    ("preset", "claims", "trusted", "expected"),
    [
        (GENERIC, {"email_verified": True}, False, True),
        (GENERIC, {"email_verified": "true"}, False, True),
        (GENERIC, {"email_verified": "false"}, True, False),
        (GENERIC, {"email_verified": False}, True, False),
        (GENERIC, {}, False, False),
        (GENERIC, {}, True, True),
        (GENERIC, {"email_verified": "yes"}, False, False),
        (KEYCLOAK, {"xms_edov": True}, False, False),
        (KEYCLOAK, {"email_verified": True}, False, True),
        (ENTRA, {"email_verified": True}, False, False),
        (ENTRA, {"xms_edov": True}, False, True),
        (ENTRA, {"xms_edov": "1"}, False, True),
        (ENTRA, {"xms_edov": 0}, False, False),
        (ENTRA, {}, True, True),
        (ENTRA, {"acct": 1}, True, False),
        (ENTRA, {"acct": "1"}, True, False),
        (GOOGLE, {"email_verified": True, "hd": "example.org"}, False, True),
        (GOOGLE, {"email_verified": True}, False, False),
        (GOOGLE, {"email_verified": False, "hd": "example.org"}, False, False),
        (GOOGLE, {"hd": "example.org"}, True, False),
    ],
)
def test_an_address_is_verified_by_whom_can_tell(
    preset: str, claims: dict[str, Any], trusted: bool, expected: bool
) -> None:
    assert is_verified(preset, claims, trusts_email=trusted) is expected


def test_the_workspace_must_be_an_allowed_domain_too() -> None:
    claims = {"sub": "1", "email": "Anna@Example.org", "email_verified": True, "hd": "other.org"}
    person = claimed(GOOGLE, claims, None, trusts_email=False)
    assert (person.email, person.domain, person.hosted_domain) == ("anna@example.org", "example.org", "other.org")
    assert not is_of_domains(person, ["example.org"])
    assert is_of_domains(person, ["example.org", "other.org"])
    assert not is_of_domains(person, [])


@pytest.mark.parametrize(
    ("address", "domain"),
    [("Anna@Example.ORG ", "example.org"), ("a@b@c.org", "c.org"), ("x@c.org.", None), ("@c.org", None),
     ("c.org", None), ("a b@c.org", None), ("a@c", None), ("a@c.org\n", "c.org"), ("<a@c.org>", None),
     ("a\x00@c.org", None), (f"{'a' * 300}@c.org", None), ("a@-c.org", None), ("a@c..org", None),
     ("a@münchen.de", None), ("\N{KELVIN SIGN}im@c.org", None), ("x@\N{KELVIN SIGN}elvin.org", None)],
)  # fmt: skip
def test_only_what_is_an_address_has_a_domain(address: str, domain: str | None) -> None:
    assert domain_of(address) == domain


def test_a_verification_goes_with_the_address_it_is_about() -> None:
    signed = {"sub": "1", "email": "boss@example.org"}
    userinfo = {"sub": "1", "email": "me@example.org", "email_verified": True, "hd": "example.org", "name": "Me"}
    assert merged(signed, userinfo) == {"sub": "1", "email": "boss@example.org", "name": "Me"}
    assert merged({"sub": "1"}, userinfo)["email_verified"] is True


def test_claims_are_found_by_name_and_by_path() -> None:
    claims = {"https://example.org/groups": ["a"], "realm_access": {"roles": ["b"]}, "groups": "c"}
    assert groups_of(claims, "https://example.org/groups") == {"a"}
    assert groups_of(claims, "realm_access.roles") == {"b"}
    assert groups_of(claims, "groups") == {"c"}
    assert (
        groups_of(claims, "groups.x") == groups_of(claims, "nothing.at.all") == groups_of(claims, None) == frozenset()
    )
    assert claim_at(claims, "realm_access") == {"roles": ["b"]}
    for too_many in ({"groups": ["x"] * 1001}, {"_claim_names": {"groups": "src1"}}):
        with pytest.raises(ClaimsError):
            groups_of(too_many, "groups")


@pytest.mark.parametrize("subject", [None, "", 7, "x" * 256, "a\x00"])
def test_a_subject_is_a_text_of_some_length(subject: Any) -> None:
    with pytest.raises(ClaimsError):
        claimed(GENERIC, {"sub": subject}, None, trusts_email=False)


def test_a_name_is_made_of_what_there_is() -> None:
    for claims, name in (
        ({"name": " Anna\nBeck "}, "AnnaBeck"),
        ({"given_name": "Anna", "family_name": "Beck"}, "Anna Beck"),
        ({"email": "anna@example.org"}, "anna"),
        ({"name": 7}, "s-1"),
        ({"name": "x" * 400}, "x" * 300),
    ):
        assert claimed(GENERIC, {"sub": "s-1", **claims}, None, trusts_email=False).name == name


@given(
    held=NAMES,
    rules=st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("abcdef"))),
    groups=st.sets(st.sampled_from("123")),
)
def test_roles_of_rules_are_what_the_groups_say_and_others_stay(
    held: set[str], rules: list[tuple[str, str]], groups: set[str]
) -> None:
    now = roles_now(held, rules, groups)
    managed = {role for _, role in rules}
    assert now - managed == held - managed
    assert now & managed == {role for group, role in rules if group in groups}
    assert roles_now(now, rules, groups) == now


@pytest.mark.parametrize(
    ("preset", "said", "expected"),
    [
        (KEYCLOAK, NOW - 3600, NOW - 3600),
        (ENTRA, NOW - 3600, NOW - 3600),
        # a clock that is a little ahead is no reason to believe in the future
        (GENERIC, NOW + 59, NOW),
        (GENERIC, NOW + 61, None),
        (GENERIC, -1, None),
        (GENERIC, True, None),
        (GENERIC, str(NOW), None),
        (GOOGLE, "x", None),
        # who must say so and does not may have been asked not to
        (GENERIC, None, None),
        (KEYCLOAK, None, None),
        (ENTRA, None, NOW),
        (GOOGLE, None, NOW),
    ],
)
def test_when_somebody_was_asked_who_they_are(preset: str, said: Any, expected: int | None) -> None:
    claims = {} if said is None else {"auth_time": said}
    found = authenticated_at(preset, claims, datetime.fromtimestamp(NOW, UTC))
    assert found == (None if expected is None else datetime.fromtimestamp(expected, UTC))
