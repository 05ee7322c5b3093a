"""Settings from the environment; there are no configuration files."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operational.core.limits import UNLIMITED, Rates
from operational.core.mail.transport import make_transport


@dataclass(frozen=True)
class Settings:
    """Where the database roles and keys are, and how long tokens live (in seconds)."""

    database_url: str
    login_url: str
    relay_url: str
    scheduler_url: str
    keys_dir: Path
    # None: this installation reads no warehouse, or links no dashboards
    serving_url: str | None = None
    dashboards_url: str | None = None
    # where people reach the desk; links in mails begin with it
    public_url: str = "http://127.0.0.1:8000"
    # None: mail waits; see operational.core.mail.transport.make_transport
    mail_url: str | None = None
    mail_from: str = "PSA-Platform <psa@localhost.localdomain>"
    # one Redis for all processes; None: each counts and remembers for itself
    redis_url: str | None = None
    rates: Rates = UNLIMITED
    # bytes of a request's body
    largest_body: int = 2_000_000
    # pages elsewhere that may ask with a bearer token, and servers whose word on a request's origin is taken
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    # where audit rows are sealed from and anchored; both or none
    sealer_url: str | None = None
    audit_anchor_dir: Path | None = None
    # where erasures are noted outside the database; see operational.core.personal.register
    erasures_file: Path | None = None
    issuer: str = "psa"
    access_seconds: int = 15 * 60
    refresh_seconds: int = 14 * 24 * 3600
    # how long somebody stays logged in whom an identity provider has let in, who hears of what changed there only then
    sso_seconds: int = 12 * 3600
    pool_size: int = 10
    log_level: str = "INFO"
    # names on private addresses that requests may go to all the same, such as a Keycloak of one's own
    internal_hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError, before anything starts, for what cannot be meant."""
        if self.redis_url is not None and not self.redis_url.startswith(("redis://", "rediss://", "redis+unix://")):
            raise ValueError("PSA_REDIS_URL must look like redis://host:6379/0; see docs/api.md")
        if self.mail_url is not None:
            make_transport(self.mail_url, self.mail_from)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read PSA_DATABASE_URL, PSA_LOGIN_URL, PSA_RELAY_URL, PSA_SCHEDULER_URL, PSA_KEYS_DIR and the optional rest.

        Raises ValueError naming every variable that is missing.
        """
        needed = ("PSA_DATABASE_URL", "PSA_LOGIN_URL", "PSA_RELAY_URL", "PSA_SCHEDULER_URL", "PSA_KEYS_DIR")
        missing = [name for name in needed if not env.get(name)]
        if missing:
            raise ValueError(f"set {', '.join(missing)}; see docs/api.md")
        anchors = env.get("PSA_AUDIT_ANCHOR_DIR")
        if bool(anchors) != bool(env.get("PSA_SEALER_URL")):
            raise ValueError("set PSA_SEALER_URL and PSA_AUDIT_ANCHOR_DIR, or neither; see docs/audit.md")
        return cls(
            database_url=env["PSA_DATABASE_URL"],
            login_url=env["PSA_LOGIN_URL"],
            relay_url=env["PSA_RELAY_URL"],
            scheduler_url=env["PSA_SCHEDULER_URL"],
            keys_dir=Path(env["PSA_KEYS_DIR"]),
            serving_url=env.get("PSA_SERVING_URL") or None,
            dashboards_url=env.get("PSA_DASHBOARDS_URL") or None,
            redis_url=env.get("PSA_REDIS_URL") or None,
            rates=Rates(
                env.get("PSA_LIMIT_ADDRESS", "6000/minute") or None,
                env.get("PSA_LIMIT_ENTRY", "60/minute") or None,
                env.get("PSA_LIMIT_PARTY", "1800/minute") or None,
            ),
            largest_body=int(env.get("PSA_LARGEST_BODY", cls.largest_body)),
            cors_origins=_listed(env.get("PSA_CORS_ORIGINS")),
            trusted_proxies=_listed(env.get("PSA_TRUSTED_PROXIES")),
            public_url=(env.get("PSA_PUBLIC_URL") or cls.public_url).rstrip("/"),
            mail_url=env.get("PSA_MAIL_URL") or None,
            mail_from=env.get("PSA_MAIL_FROM") or cls.mail_from,
            sealer_url=env.get("PSA_SEALER_URL") or None,
            audit_anchor_dir=Path(anchors) if anchors else None,
            erasures_file=Path(env["PSA_ERASURES_FILE"]) if env.get("PSA_ERASURES_FILE") else None,
            issuer=env.get("PSA_ISSUER", cls.issuer),
            access_seconds=int(env.get("PSA_ACCESS_SECONDS", cls.access_seconds)),
            refresh_seconds=int(env.get("PSA_REFRESH_SECONDS", cls.refresh_seconds)),
            sso_seconds=int(env.get("PSA_SSO_SECONDS", cls.sso_seconds)),
            pool_size=int(env.get("PSA_POOL_SIZE", cls.pool_size)),
            log_level=env.get("PSA_LOG_LEVEL", cls.log_level),
            internal_hosts=_listed(env.get("PSA_INTERNAL_HOSTS")),
        )

    @classmethod
    def offline(cls) -> "Settings":
        """Settings for an app that is only looked at, such as for its OpenAPI document."""
        nowhere = "postgresql://nobody@127.0.0.1:1/none"
        return cls(nowhere, nowhere, nowhere, nowhere, Path("nowhere"))


def _listed(value: str | None) -> tuple[str, ...]:
    return tuple(part.rstrip("/") for part in (value or "").replace(",", " ").split())
