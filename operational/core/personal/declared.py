"""What a service declares of the people in its tables, read from its `personal.yaml`."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from sqlalchemy import MetaData, Table

from operational.core.personal.laws import LAWS, Law

if TYPE_CHECKING:
    from operational.core.db import UnitOfWork
    from operational.core.personal.person import Person

COMMON = Path(__file__).with_name("common.yaml")
# what the kernel adds to every table, and says nothing of a person
PLAIN = frozenset({"id", "tenant_id", "row_txid", "version"})
DELETE, CHANGE, KEEP, AUDIT = "delete", "change", "keep", "audit"
_KEYS = frozenset(
    {"title", "purpose", "kept", "whose", "within", "by_email", "root", "links", "erase", "law", "from", "name",
     "email", "phone", "clear", "text", "own", "forget_all", "bumps", "document", "fields"}
)  # fmt: skip


@dataclass(frozen=True)
class Both:
    """A text in German and English."""

    de: str
    en: str

    def in_(self, language: str) -> str:
        """The text in `de` or `en`."""
        return self.de if language == "de" else self.en


@dataclass(frozen=True)
class Within:
    """Rows that belong to somebody because a row of another table of the service does."""

    column: str
    table: Table
    whose: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Declared:
    """A table with personal data: whose its rows are, what is in them, how long, and what erasing does.

    `whose` names columns by the kind of id in them (user, contact, any); `root` is the kind of person the table lists.
    `own` are the kinds whose rows are searched for parts of a name too. `forget_all`: of the rows of that kind every
    earlier state is forgotten, not only of those that change now. `bumps` names the table whose version goes up, and
    the column that names its row, so that a repeated import leaves the row alone. `document` is the column that names a
    document made from the row.
    """

    table: Table
    title: Both
    purpose: Both
    kept: Both
    erase: str
    fields: Mapping[str, Both]
    whose: Mapping[str, tuple[str, ...]]
    within: Within | None = None
    by_email: str | None = None
    root: str | None = None
    links: bool = False
    law: Law | None = None
    law_from: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    email: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    own: frozenset[str] | None = None
    forget_all: str | None = None
    bumps: tuple[Table, str] | None = None
    document: str | None = None

    @property
    def changing(self) -> tuple[str, ...]:
        """The columns erasing may change, those computed from them included."""
        computed = tuple(
            column.name for column in self.table.c if column.computed is not None and column.name not in PLAIN
        )
        listed = (*self.name, *self.email, *self.phone, *self.clear, *self.text)
        return tuple(dict.fromkeys((*listed, *(computed if listed else ()))))


Refuse = Callable[["UnitOfWork", "Person"], Awaitable[str | None]]
Close = Callable[["UnitOfWork", "Person"], Awaitable[None]]


@dataclass(frozen=True)
class PersonalData:
    """All a service declares. `impersonal` says of every other table why nobody is in it.

    `mentioned` are columns where a name found is only reported. `secret` columns leave in no export; `technical` tables
    are of no use elsewhere and not in a tenant's export. `refuse` gives the code of what stands against an erasure,
    `close` does what must be done besides: end log-ins, tell of the change.
    """

    tables: Mapping[str, Declared] = field(default_factory=dict)
    impersonal: Mapping[str, str] = field(default_factory=dict)
    mentioned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secret: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    technical: Mapping[str, str] = field(default_factory=dict)
    metadata: MetaData = field(default_factory=MetaData)
    schema: str = ""
    refuse: Refuse | None = None
    close: Close | None = None

    def table(self, name: str) -> Table:
        """A table of the service by its plain name."""
        return self.metadata.tables[f"{self.schema}.{name}"]


def read_personal(
    path: Path, schema: str, metadata: MetaData, *, refuse: Refuse | None = None, close: Close | None = None
) -> PersonalData:
    """Read a service's declaration together with what all services declare alike.

    Raises ValueError for a key, table or column that is not there.
    """
    own = yaml.safe_load(path.read_text(encoding="utf-8"))
    common = yaml.safe_load(COMMON.read_text(encoding="utf-8"))
    there = {name.partition(".")[2]: table for name, table in metadata.tables.items()}
    tables: dict[str, Any] = {name: spec for name, spec in common["tables"].items() if name in there}
    for name, spec in own.get("tables", {}).items():
        tables[name] = {**tables.get(name, {}), **spec}
    found: dict[str, Any] = {}
    for section in ("impersonal", "mentioned", "secret", "technical"):
        shared = {name: value for name, value in common.get(section, {}).items() if name in there}
        found[section] = {**shared, **own.get(section, {})}
    unknown = sorted({name for part in (tables, *found.values()) for name in part} - there.keys())
    if unknown:
        raise ValueError(f"{path} names {', '.join(unknown)}, which {schema} has not")
    return PersonalData(
        tables={name: _declared(f"{path}: {name}", there[name], there, spec) for name, spec in tables.items()},
        impersonal=found["impersonal"], mentioned=_tuples(found["mentioned"]), secret=_tuples(found["secret"]),
        technical=found["technical"], metadata=metadata, schema=schema, refuse=refuse, close=close,
    )  # fmt: skip


def _declared(where: str, table: Table, there: Mapping[str, Table], spec: Mapping[str, Any]) -> Declared:
    strange = sorted(spec.keys() - _KEYS)
    if strange:
        raise ValueError(f"{where} has {', '.join(strange)}, which is no key")
    if spec["erase"] not in (DELETE, CHANGE, KEEP, AUDIT):
        raise ValueError(f"{where}: erase is delete, change, keep or audit")
    bumps, within = spec.get("bumps"), spec.get("within")
    made = Declared(
        table=table, title=Both(*spec["title"]), purpose=Both(*spec["purpose"]), kept=Both(*spec["kept"]),
        erase=spec["erase"], fields={name: Both(*texts) for name, texts in spec["fields"].items()},
        whose=_tuples(spec["whose"]), within=None if within is None else _within(within, there),
        by_email=spec.get("by_email"), root=spec.get("root"), links=spec.get("links", False),
        law=LAWS[spec["law"]] if "law" in spec else None, law_from=tuple(spec.get("from", ())),
        **{key: tuple(spec.get(key, ())) for key in ("name", "email", "phone", "clear", "text")},
        own=frozenset(spec["own"]) if "own" in spec else None, forget_all=spec.get("forget_all"),
        bumps=None if bumps is None else (there[bumps["table"]], bumps["column"]), document=spec.get("document"),
    )  # fmt: skip
    named = {*made.fields, *made.changing, *made.law_from, *((made.by_email and [made.by_email]) or [])}
    named |= {column.partition(".")[0] for columns in made.whose.values() for column in columns}
    missing = sorted(named - set(table.c.keys()))
    if missing:
        raise ValueError(f"{where} names {', '.join(missing)}, which is no column")
    if made.erase in (CHANGE, KEEP, AUDIT) and made.law is None:
        raise ValueError(f"{where} keeps something and does not say by which law")
    return made


def _within(spec: Mapping[str, Any], there: Mapping[str, Table]) -> Within:
    whose = {kind: columns for kind, columns in spec.items() if kind not in ("column", "table")}
    return Within(spec["column"], there[spec["table"]], _tuples(whose))


def _tuples(lists: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in lists.items()}
