"""Settings from the environment; there are no configuration files."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from operational.core.limits import UNLIMITED, Rates
from operational.core.mail.transport import make_transport
from operational.core.service_tokens import PeerSettings

EVERYTHING = ("PSA_DATABASE_URL", "PSA_LOGIN_URL", "PSA_RELAY_URL", "PSA_SCHEDULER_URL", "PSA_KEYS_DIR")


@dataclass(frozen=True)
class Settings:
    """Where the database roles and keys are, and how long tokens live (in seconds)."""

    database_url: str
    # these three only where something in the process needs them: the auth service, and the worker
    login_url: str | None
    relay_url: str | None
    scheduler_url: str | None
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
    # the broker between services; None: events stay in the worker's process
    rabbitmq_url: str | None = None
    # installations that share a broker tell their exchanges and queues apart by it
    events_prefix: str = "psa"
    # services in other processes; None: all of them are here
    peers: PeerSettings | None = None
    # where Prometheus asks this process; None: nowhere
    metrics_port: int | None = None
    metrics_host: str = "127.0.0.1"
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
        if self.rabbitmq_url is not None and not self.rabbitmq_url.startswith(("amqp://", "amqps://")):
            raise ValueError("PSA_RABBITMQ_URL must look like amqp://user:password@host:5672/vhost; see docs/api.md")
        if self.mail_url is not None:
            make_transport(self.mail_url, self.mail_from)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ, needed: Collection[str] = EVERYTHING) -> "Settings":
        """Read the PSA_* variables; `needed` are those the process cannot do without.

        Raises ValueError naming every variable that is missing.
        """
        missing = [name for name in needed if not env.get(name)]
        if missing:
            raise ValueError(f"set {', '.join(missing)}; see docs/api.md")
        anchors = env.get("PSA_AUDIT_ANCHOR_DIR")
        if bool(anchors) != bool(env.get("PSA_SEALER_URL")):
            raise ValueError("set PSA_SEALER_URL and PSA_AUDIT_ANCHOR_DIR, or neither; see docs/audit.md")
        return cls(
            database_url=env["PSA_DATABASE_URL"],
            login_url=env.get("PSA_LOGIN_URL") or None,
            relay_url=env.get("PSA_RELAY_URL") or None,
            scheduler_url=env.get("PSA_SCHEDULER_URL") or None,
            keys_dir=Path(env.get("PSA_KEYS_DIR") or "keys"),
            peers=_peers(env),
            metrics_port=int(env["PSA_METRICS_PORT"]) if env.get("PSA_METRICS_PORT") else None,
            metrics_host=env.get("PSA_METRICS_HOST") or cls.metrics_host,
            serving_url=env.get("PSA_SERVING_URL") or None,
            dashboards_url=env.get("PSA_DASHBOARDS_URL") or None,
            redis_url=env.get("PSA_REDIS_URL") or None,
            rabbitmq_url=env.get("PSA_RABBITMQ_URL") or None,
            events_prefix=env.get("PSA_EVENTS_PREFIX") or cls.events_prefix,
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


def _peers(env: Mapping[str, str]) -> PeerSettings | None:
    named = _listed(env.get("PSA_PEERS"))
    if not named and not env.get("PSA_SERVICE_SECRET"):
        return None
    if wrong := [part for part in named if "=" not in part]:
        raise ValueError(f"PSA_PEERS must look like crm=http://host:port tickets=http://host:port, not {wrong[0]}")
    addresses = dict(part.split("=", 1) for part in named)
    return PeerSettings(addresses, env.get("PSA_SERVICE_SECRET") or "")


def _listed(value: str | None) -> tuple[str, ...]:
    return tuple(part.rstrip("/") for part in (value or "").replace(",", " ").split())
