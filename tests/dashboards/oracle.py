"""The figures once more, by Polars alone from the rows of `raw`: what tests hold the dashboards against."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

ZONE = "Europe/Berlin"
TICKET = (
    "ticket_id", "customer_id", "contact_id", "queue", "category", "opened_at", "first_response_at", "resolved_at",
    "desk_sla_met", "source_system",
)  # fmt: skip
EVENT = ("ticket_id", "seq", "occurred_at", "kind", "actor_kind", "actor_id", "is_public", "status_category",
         "assignee_id")  # fmt: skip
CLOCK = ("ticket_id", "clock", "state", "consumed_seconds", "verdict", "judged_at")
SATISFACTION = ("ticket_id", "asked_at", "score")
DONE = pl.col("status_category").is_in(["resolved", "closed"])
PUBLIC_REPLY = (pl.col("kind") == "reply") & (pl.col("actor_kind") == "staff") & pl.col("is_public").fill_null(False)
Value = tuple[float | None, int]


def read(house: Any, table: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """A table of `raw` with the columns named; ids as text, instants in UTC, days in the tenant's zone beside them."""
    names = ["id::text as ticket_id" if name == "ticket_id" and table == "ticket"
             else f"{name}::text" if name.endswith("_id") else name for name in columns]  # fmt: skip
    rows = house.ask(f"select {', '.join(names)} from raw.tickets__{table} where tenant_id = '{house.tenant}'")
    frame = pl.DataFrame(rows, schema={name: kind(name) for name in columns}, orient="row")
    instants = [name for name in columns if name.endswith("_at")]
    return frame.with_columns(day(name).alias(name.replace("_at", "_on")) for name in instants)


def kind(column: str) -> pl.DataType:
    if column.endswith("_at"):
        return pl.Datetime("us", "UTC")
    if column in ("seq", "consumed_seconds", "score"):
        return pl.Int64()
    return pl.Boolean() if column in ("is_public", "desk_sla_met") else pl.String()


def day(column: str) -> pl.Expr:
    return pl.col(column).dt.convert_time_zone(ZONE).dt.date()


@dataclass(frozen=True)
class Oracle:
    """Everything known of a desk; `last` is the last covered day."""

    tickets: pl.DataFrame
    events: pl.DataFrame
    clocks: pl.DataFrame
    satisfaction: pl.DataFrame
    last: date

    @classmethod
    def of(cls, house: Any, last: date) -> "Oracle":
        return cls(
            read(house, "ticket", TICKET), read(house, "ticket_event", EVENT), read(house, "sla_clock", CLOCK),
            read(house, "satisfaction", SATISFACTION), last,
        )  # fmt: skip

    def narrowed(self, **values: str | None) -> "Oracle":
        """Only tickets with these values; None is unknown."""
        kept = self.tickets.filter(
            pl.col(name).is_null() if value is None else pl.col(name) == value for name, value in values.items()
        )
        few = [frame.join(kept.select("ticket_id"), on="ticket_id", how="semi")
               for frame in (self.events, self.clocks, self.satisfaction)]  # fmt: skip
        return Oracle(kept, *few, self.last)

    def edges(self) -> pl.DataFrame:
        """Every change between open and done, in order, with what came next in the ticket."""
        known = self.events.filter(pl.col("status_category").is_not_null()).sort("ticket_id", "seq")
        return (
            known.with_columns(DONE.alias("done"))
            .with_columns(pl.col("done").shift(1).over("ticket_id").fill_null(False).alias("was"))
            .filter(pl.col("done") != pl.col("was"))
            .with_columns(
                pl.col("occurred_at").shift(-1).over("ticket_id").alias("next_at"),
                pl.col("occurred_on").shift(-1).over("ticket_id").alias("next_on"),
            )
        )

    def resolutions(self) -> pl.DataFrame:
        """Ends of being open: whether it came back, and how it came to the first one."""
        ended = (
            self.edges().filter(pl.col("done"))
            .with_columns(
                (pl.col("seq").rank("ordinal").over("ticket_id") == 1).alias("first"),
                (pl.col("occurred_on") + timedelta(days=14) <= self.last).alias("mature"),
                (pl.col("next_at") - pl.col("occurred_at") < timedelta(days=14)).fill_null(False).alias("back"),
            )
        )  # fmt: skip
        before = (
            self.events.join(ended.filter("first").select("ticket_id", pl.col("seq").alias("until")), on="ticket_id")
            .filter(pl.col("seq") <= pl.col("until")).sort("seq").group_by("ticket_id")
            .agg(
                PUBLIC_REPLY.sum().alias("replies"),
                pl.col("actor_id").filter(PUBLIC_REPLY).first().alias("responder"),
                pl.col("assignee_id").drop_nulls().n_unique().alias("assignees"),
            )
        )  # fmt: skip
        return ended.join(before, on="ticket_id", how="left").join(
            self.tickets.select("ticket_id", "opened_at", "contact_id"), on="ticket_id"
        )

    def figures(self, start: date, end: date) -> dict[str, Value]:
        """Every figure of a half-open period."""

        def during(frame: pl.DataFrame, column: str) -> pl.DataFrame:
            return frame.filter((pl.col(column) >= start) & (pl.col(column) < end))

        opened, resolved = during(self.tickets, "opened_on"), during(self.tickets, "resolved_on")
        found: dict[str, Value] = {
            "opened": (len(opened), len(opened)), "resolved": (len(resolved), len(resolved)),
        }  # fmt: skip
        for what, clock, rows, instant in (
            ("response", "first_response", opened, "first_response_at"),
            ("resolution", "resolution", resolved, "resolved_at"),
        ):
            seconds = self.clocks.filter((pl.col("clock") == clock) & (pl.col("state") == "stopped"))
            business = rows.join(seconds, on="ticket_id").filter(pl.col(instant).is_not_null())
            calendar = rows.select((pl.col(instant) - pl.col("opened_at")).dt.total_seconds()).to_series()
            found |= times(f"{what}_business", business["consumed_seconds"]) | times(f"{what}_calendar", calendar)
            ours = self.clocks.filter((pl.col("clock") == clock) & pl.col("verdict").is_not_null())
            judged = during(ours, "judged_on")
            found[f"sla_{clock}"] = share(judged.select(pl.col("verdict") == "met").to_series())
        ends = during(self.resolutions(), "occurred_on")
        firsts = ends.filter("first")
        took = firsts.select((pl.col("occurred_at") - pl.col("opened_at")).dt.total_seconds()).to_series()
        found |= times("first_resolution", took)
        found["sla_desk"] = share(resolved["desk_sla_met"].drop_nulls())
        found["reopened"] = share(ends.filter("mature")["back"])
        found["first_contact"] = share(self._first_contacts(firsts))
        asked = during(self.satisfaction, "asked_on")
        scores = asked["score"].drop_nulls()
        found["csat"] = share(scores >= 4) if len(scores) else (None, 0)
        found["csat_rate"] = share(asked["score"].is_not_null())[0], len(asked)
        return found

    def _first_contacts(self, firsts: pl.DataFrame) -> pl.Series:
        recorded = self.events.filter(pl.col("kind").is_in(["reply", "note"])).height > 0
        known = firsts.filter(
            pl.col("mature") & pl.col("actor_kind").is_not_null() & pl.col("contact_id").is_not_null() & recorded
        )
        return known.select(
            ~pl.col("back") & (pl.col("replies") == 1) & (pl.col("assignees") <= 1) & (pl.col("actor_kind") == "staff")
            & (pl.col("responder") == pl.col("actor_id")).fill_null(False)
        ).to_series()  # fmt: skip

    def ages(self, on: date) -> pl.Series:
        """Days since opening of every ticket open at the end of a day."""
        last = (
            self.events.filter((pl.col("occurred_on") <= on) & pl.col("status_category").is_not_null())
            .sort("seq").group_by("ticket_id").agg(pl.col("status_category").last())
        )  # fmt: skip
        return (
            self.tickets.filter(pl.col("opened_on") <= on).join(last, on="ticket_id", how="left")
            .filter(~DONE.fill_null(False)).select((pl.lit(on) - pl.col("opened_on")).dt.total_days()).to_series()
        )  # fmt: skip


def times(key: str, seconds: pl.Series) -> dict[str, Value]:
    known = seconds.drop_nulls()
    return {
        f"{key}_{name}": (known.quantile(at, "linear") if len(known) else None, len(known))
        for name, at in (("median", 0.5), ("p90", 0.9))
    }


def share(hits: pl.Series) -> Value:
    return (100.0 * float(hits.sum()) / len(hits) if len(hits) else None), len(hits)
