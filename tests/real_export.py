"""The real desk's export, computed by Polars alone: the oracle that tests hold the product against."""

from pathlib import Path

import polars as pl

EXPORT = "servicenow/incident_event_log_until_2016-05-08.csv.gz"
TIME = "%d/%m/%Y %H:%M"


def updates(path: Path) -> pl.DataFrame:
    """Every line in the order things happened, times as wall clock."""
    return (
        pl.read_csv(path, infer_schema=False)
        .with_columns(
            pl.col("sys_updated_at", "opened_at").str.to_datetime(TIME), pl.col("sys_mod_count").cast(pl.Int64)
        )
        .sort("number", "sys_updated_at", "sys_mod_count")
    )


def expected_tickets(path: Path) -> pl.DataFrame:
    """Per ticket its month, last priority, events, reopenings and the desk's own verdict."""
    done = pl.col("incident_state").is_in(["Resolved", "Closed"])
    worked = pl.col("incident_state").str.starts_with("A")
    return (
        updates(path)
        .with_columns((worked & done.shift(1).over("number")).fill_null(False).alias("reopened"))
        .group_by("number")
        .agg(
            pl.col("opened_at").last().dt.strftime("%Y-%m").alias("month"),
            pl.concat_str(pl.lit("p"), pl.col("priority").last().str.head(1)).alias("priority"),
            pl.len().cast(pl.Int64).alias("events"),
            pl.col("reopened").sum().cast(pl.Int64).alias("reopenings"),
            (pl.col("made_sla").last() == "true").alias("made_sla"),
        )
        .sort("number")
    )


def expected_customers(path: Path) -> pl.DataFrame:
    """Per ticket its customer: the last location that is known."""
    known = updates(path).filter(pl.col("location") != "?").group_by("number").agg(pl.col("location").last())
    return (
        expected_tickets(path).select("number").join(known, on="number", how="left")
        .with_columns(pl.col("location").fill_null("Unknown").alias("customer")).select("number", "customer")
    )  # fmt: skip
