"""PSA_HOME: the folder one installation on this machine keeps its data in."""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from infra.errors import UserError

# of services that run in processes of their own; migrations give them their rights
SERVICE_ROLES = ("psa_auth", "psa_crm", "psa_tickets", "psa_vcio", "psa_reports", "psa_gateway")
ROLES = {
    "owner": "psa_owner",
    "app": "psa_app",
    "relay": "psa_relay",
    "login": "psa_login",
    "scheduler": "psa_scheduler",
    "sealer": "psa_sealer",
    "extractor": "psa_extractor",
    "warehouse_owner": "wh_owner",
    "serving": "wh_serving",
    "analyst": "psa_analyst",
    "superuser": "postgres",
    **{role: role for role in SERVICE_ROLES},
}


@dataclass(frozen=True)
class Settings:
    """What a home remembers: the PostgreSQL major it was made with, where the cluster lies, its ports."""

    postgres_major: int | None = None
    cluster: str | None = None
    port: int | None = None
    passwords: dict[str, str] = field(default_factory=dict)
    # ports of the other processes, by process name
    ports: dict[str, int] = field(default_factory=dict)
    # how mail leaves and where its links lead, where somebody has said so
    mail_url: str | None = None
    mail_from: str | None = None
    public_url: str | None = None
    # names on private addresses that the API may send requests to, such as a Keycloak's
    internal_hosts: list[str] = field(default_factory=list)


class Home:
    """A home folder; creating one makes the folder and its passwords.

    `unfinished` is for the restore alone: it may work on a home that a restore has not finished yet.
    """

    def __init__(self, path: Path, *, unfinished: bool = False) -> None:
        self.path = path.resolve()
        self._file = self.path / "home.json"
        self._unfinished = unfinished

    @classmethod
    def current(cls) -> "Home":
        """The home named by PSA_HOME, else `.psa` in the current folder."""
        return cls(Path(os.environ.get("PSA_HOME") or ".psa"))

    def settings(self) -> Settings:
        """The remembered settings; raises UserError when the file is damaged or somebody else's.

        Nobody but the restore gets at a home that is half restored: everything that works on a home comes by here.
        """
        if not self._unfinished and self.restoring.exists():
            raise UserError(f"a restore into {self.path} is running or was broken off; run `psa restore FILE` again")
        try:
            content = json.loads(self._file.read_text(encoding="utf-8"))
            # what another version kept there is not ours to trip over
            known = {field.name for field in fields(Settings)} & content.keys()
            return Settings(**{name: content[name] for name in known})
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            raise UserError(f"cannot read {self._file} ({error.strerror}); use its owner or another PSA_HOME") from None
        except (ValueError, TypeError, AttributeError) as error:
            raise UserError(f"{self._file} is damaged ({error}); restore it from a backup") from None

    def make(self) -> None:
        """Make the folder with its logs and anchors; raises UserError when it cannot be written."""
        with self._writing():
            # the cluster's own user must be able to pass through, and nothing more
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o711)
            self.logs.mkdir(mode=0o700, exist_ok=True)
            self.audit.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Keep other processes out of the same section; waits for them."""
        self.make()
        with self._writing():
            handle = (self.path / f"{name}.lock").open("w")
        with handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def remember(self, **changes: object) -> Settings:
        """Change settings, written whole or not at all and readable by the owner only."""
        with self.locked("home"):
            settings = replace(self.settings(), **changes)  # type: ignore[arg-type]
            self._write(settings)
        return settings

    def _write(self, settings: Settings) -> None:
        write_private(self._file, json.dumps(asdict(settings), indent=2))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with refusing(self.path):
            yield

    def password(self, role: str) -> str:
        """The password of a database role, made at first use."""
        known = self.settings().passwords.get(role)
        if known is not None:
            return known
        with self.locked("home"):
            settings = self.settings()
            passwords = {role: secrets.token_urlsafe(24), **settings.passwords}
            self._write(replace(settings, passwords=passwords))
        return passwords[role]

    def known_port(self) -> int:
        """The server's port; raises UserError before the first start."""
        port = self.settings().port
        if port is None:
            raise UserError(f"{self.path} has no database yet; run `psa up --detach`")
        return port

    def url(self, role: str, database: str) -> str:
        """libpq URL for a key or value of ROLES; raises UserError before the first start."""
        name = ROLES.get(role, role)
        return f"postgresql://{name}:{self.password(name)}@127.0.0.1:{self.known_port()}/{database}"

    def database_url(self, role: str = "owner", *, warehouse: bool = False) -> str:
        """libpq URL into `psa`, or into `warehouse`, whose `owner` is a role of its own."""
        if warehouse and role == "owner":
            role = "warehouse_owner"
        return self.url(role, "warehouse" if warehouse else "psa")

    @property
    def logs(self) -> Path:
        """Folder of log files."""
        return self.path / "log"

    @property
    def audit(self) -> Path:
        """Folder of the audit log's anchors."""
        return self.path / "audit"

    @property
    def erasures(self) -> Path:
        """File that notes erasures of people, by ids, outside the database."""
        return self.path / "psa-erasures.jsonl"

    @property
    def restoring(self) -> Path:
        """Folder that is there as long as a restore into this home has not finished.

        What else is in the home may be removed then, so no person gives a folder this name.
        """
        return self.path / ".psa-restoring"

    @property
    def digest(self) -> str:
        """A short name for this home, the same at every call."""
        return hashlib.sha256(str(self.path).encode()).hexdigest()[:12]


@contextmanager
def refusing(place: Path) -> Iterator[None]:
    """Turn a failure to write (full disk, no permission) into a UserError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"cannot write to {place} ({reason}); free space or set PSA_HOME to another folder") from None


def write_private(target: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner only; raises UserError when that fails."""
    temporary = target.with_name(f"{target.name}.{os.getpid()}.part")
    with refusing(target.parent):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(target)
