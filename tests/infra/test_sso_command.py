"""`psa sso addresses`: what is remembered, and what the API is told of it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.cli import build
from infra.errors import UserError
from infra.local.home import Home
from infra.local.processes import operational_environment


def run(*arguments: str) -> str:
    """What the command says; raises UserError for what it refuses."""
    result = CliRunner().invoke(build(), ["sso", "addresses", *arguments])
    if isinstance(result.exception, UserError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_addresses_are_remembered_and_told_to_the_api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSA_HOME", str(tmp_path / "home"))
    assert "known after the first `psa up`" in run()
    for wrong in (("--internal-host", "https://keycloak.lan"), ("--public-url", "desk.example.org")):
        with pytest.raises(UserError, match="write it like"):
            run(*wrong)
    assert not Home.current().settings().internal_hosts
    hosts = ("--internal-host", "keycloak.lan", "--internal-host", "10.0.0.5")
    said = run("--public-url", "https://desk.example.org/", *hosts)
    assert "https://desk.example.org/api/auth/sso/callback" in said
    assert "keycloak.lan 10.0.0.5" in run()
    Home.current().remember(port=1)
    told = operational_environment(Home.current())
    assert (told["PSA_INTERNAL_HOSTS"], told["PSA_PUBLIC_URL"]) == ("keycloak.lan 10.0.0.5", "https://desk.example.org")
    assert "psa down" in run("--no-internal-hosts")
    assert "PSA_INTERNAL_HOSTS" not in operational_environment(Home.current())
