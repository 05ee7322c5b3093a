"""The pages on a real warehouse: what they show, what the address says, who sees what."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.data import forecast as forecast_data
from dashboards.data import service as service_data
from dashboards.figures.periods import Span
from dashboards.figures.written import grouped, written
from dashboards.texts import Texts
from tests.dashboards.conftest import DESK, Browser, Sessions, scope_of, table, words
from tests.dashboards.oracle import Oracle

LAST = date(2026, 6, 30)
MAY = {"period": "custom", "from": "2026-05-01", "to": "2026-05-31"}
Opener = Callable[[str], Browser]


@pytest.fixture
def manager(built: Any, sessions: Sessions, browser: Opener) -> Browser:
    """A browser of somebody who may see the demo desk's figures."""
    sessions.add("anna", built.house.tenant, "reports.dashboard.read")
    return browser(built.house.serving)


def tiles(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_overview_shows_the_figures_in_the_readers_language(built: Any, manager: Browser, language: Any) -> None:
    app = manager.open("anna", lang=language, **MAY)
    expected = Oracle.of(built.house, LAST).figures(date(2026, 5, 1), date(2026, 6, 1))
    texts, shown = Texts(language), tiles(app)
    for key, unit in (("opened", "count"), ("resolved", "count"), ("sla_resolution", "percent"), ("csat", "percent"),
                      ("response_business_median", "duration"), ("first_contact", "percent"),
                      ("reopened", "percent")):  # fmt: skip
        assert shown[texts(f"figures.{key}.label")] == written(expected[key][0], unit, language), key
    for one in app.metric:
        assert len(one.help) > 40
    assert grouped(expected["csat"][1], 0, language) in words(app)
    assert app.title[0].value == texts("titles.overview")


def test_unknown_is_a_word(built: Any, manager: Browser) -> None:
    """The first day of the history: nothing is mature before, nothing to compare with."""
    app = manager.open("anna", period="custom", **{"from": "2026-06-29", "to": "2026-06-30"})
    assert tiles(app)["Wieder geöffnet"] == "unbekannt"
    assert "Die 14 Tage danach sind noch nicht vorbei." in words(app)
    app = manager.open("anna", period="custom", **{"from": "2025-07-01", "to": "2025-07-31"})
    assert "Kein Vergleich" in words(app)
    assert all(not one.delta for one in app.metric)


def test_filters_go_into_the_address_and_come_back_from_it(built: Any, manager: Browser) -> None:
    app = manager.open("anna")
    queue = app.selectbox(key="choice_queue").options[1]
    app.selectbox(key="choice_queue").select(queue).run()
    app.selectbox(key="choice_period").select("last_month").run()
    app.button_group(key="switch_basis").set_value("calendar").run()
    assert dict(app.query_params) == {"queue": queue, "period": "last_month", "basis": "calendar"}
    before = tiles(app)
    again = manager.open("anna", **dict(app.query_params))
    assert tiles(again) == before
    assert again.selectbox(key="choice_queue").value == queue
    assert again.selectbox(key="choice_period").value == "last_month"
    again.selectbox(key="choice_queue").select("").run()
    assert "queue" not in again.query_params


def test_a_period_of_ones_own_starts_from_what_was_shown(manager: Browser) -> None:
    app = manager.open("anna")
    app.selectbox(key="choice_period").select("custom").run()
    assert (app.query_params["from"], app.query_params["to"]) == ("2026-04-02", "2026-06-30")
    app.date_input(key="day_from").set_value(date(2026, 6, 1)).run()
    assert app.query_params["from"] == "2026-06-01"
    assert not app.warning


def test_bad_values_are_told_and_the_page_stands(manager: Browser) -> None:
    app = manager.open("anna", queue="nowhere", period="custom", as_of="1999-01-01", grain="hour",
                       **{"from": "x", "to": "y"})  # fmt: skip
    said = [one.value for one in app.warning]
    assert any("nowhere" in one for one in said)
    assert len(said) == 6
    assert len(app.metric) > 8


def test_the_tickets_behind_a_figure_lead_to_the_desk(built: Any, manager: Browser) -> None:
    app = manager.open("anna", behind="opened", **MAY)
    shown = table(app, "number", "ticket_id")
    counted = service_data.tickets_behind(
        scope_of(built.house), "opened", Span(date(2026, 5, 1), date(2026, 6, 1)), LAST,
        service_data.Narrowing(), 10_000,
    )  # fmt: skip
    assert len(shown) == min(counted.total, service_data.ON_PAGE)
    first = counted.rows[0]
    assert shown["number"][0] == f"{DESK}/tickets/{first['ticket_id']}#{first['number']}"
    assert shown["ticket_id"][0] == str(first["ticket_id"])
    (link,) = [one for one in app.link_button if "opened_from" in one.url]
    assert link.url.startswith(f"{DESK}/tickets?opened_from=2026-04-30T22%3A00%3A00Z&opened_before=2026-05-31T22")
    # a button opens it, and the address says so
    app = manager.open("anna")
    app.button(key="behind_sla_resolution").click().run()
    assert app.query_params["behind"] == "sla_resolution"
    assert len(table(app, "ticket_id", "verdict")) > 0
    # a ticket that did not come back is not unknown
    app = manager.open("anna", behind="reopened", **MAY)
    shown = table(app, "reopened_at")
    assert set(shown["is_reopened_in_14_days"]) == {"ja", "nein"}
    assert (shown["reopened_at"] == "–").sum() > 0


def test_a_customers_page(built: Any, manager: Browser) -> None:
    oracle = Oracle.of(built.house, LAST)
    customer = oracle.tickets.get_column("customer_id").mode().sort()[0]
    app = manager.open("anna", "crm_customer", **MAY, as_of="2026-05-31")
    app.selectbox(key="choice_customer").select(customer).run()
    assert app.query_params["customer"] == customer
    expected = oracle.narrowed(customer_id=customer)
    opened = expected.figures(date(2026, 5, 1), date(2026, 6, 1))["opened"][1]
    assert tiles(app)["Neue Tickets"] == grouped(opened, 0, "de")
    assert len(table(app, "number", "age_days")) == len(expected.ages(date(2026, 5, 31)))
    callers = table(app, "Name", "Tickets", "desk")
    assert callers["Tickets"].tolist() == sorted(callers["Tickets"], reverse=True)
    assert all(f"customer_id={customer}&contact_id=" in one for one in callers["desk"] if one)


def test_customers_are_offered_with_their_tickets_the_busiest_first(built: Any, manager: Browser) -> None:
    oracle = Oracle.of(built.house, LAST)
    app = manager.open("anna", "crm_customer", **MAY, grain="day")
    assert "Neue Tickets vom 01.05.2026 bis 31.05.2026" in words(app)
    # nothing else is asked before a customer is chosen
    assert {one.key for one in app.selectbox} == {"choice_lang", "choice_customer", "choice_period"}
    (listed,) = [one.proto.body for one in app.get("html") if "psa-customers" in one.proto.body]
    rows = re.findall(r'href="([^"]+)">[^<]+</a></th><td>([\d.]+)</td>', listed)
    assert len(rows) == len(app.selectbox(key="choice_customer").options) - 1
    counts = [int(count.replace(".", "")) for _, count in rows]
    assert counts == sorted(counts, reverse=True)
    for address, count in zip((address for address, _ in rows), counts, strict=True):
        asked = dict(parse_qsl(unescape(address).removeprefix("?")))
        expected = oracle.narrowed(customer_id=asked["customer"]).figures(date(2026, 5, 1), date(2026, 6, 1))
        assert expected["opened"][1] == count
        assert {name: asked[name] for name in (*MAY, "grain")} == {**MAY, "grain": "day"}
    there = manager.open("anna", "crm_customer", **asked)
    assert tiles(there)["Neue Tickets"] == grouped(counts[-1], 0, "de")


@pytest.mark.parametrize(("language", "service", "calendar"), [
    ("de", "Servicezeit", "Kalenderzeit"), ("en", "service hours", "calendar time"),
])  # fmt: skip
def test_times_say_beside_them_what_time_they_are(manager: Browser, language: Any, service: str, calendar: str) -> None:
    texts = Texts(language)
    first, last = (texts(f"figures.{key}.label") for key in ("first_resolution_median", "resolution_business_median"))
    for basis, kind in (("business", service), ("calendar", calendar)):
        app = manager.open("anna", lang=language, basis=basis, **MAY)
        kinds = [line for one in app.caption for line in one.value.split("  \n") if line in (service, calendar)]
        # response, first resolution, last resolution
        assert kinds == [kind, calendar, kind]
        labels = [one.label for one in app.metric]
        assert labels.index(last) == labels.index(first) + 1


def test_the_forecasts_page(built: Any, manager: Browser) -> None:
    app = manager.open("anna", "desk_forecast", lang="en", step="day")
    (expected,) = built.house.ask(
        "select sum(mean)::float8 from models.forecast where grain = 'day' and scope = 'total'"
    )[0]  # fmt: skip
    assert any(f"Expect {grouped(expected, 0, 'en')} tickets" in str(one.value) for one in app.header)
    ((rel_mae, skill, n),) = built.house.ask(
        """select (metrics -> 'rel_mae' ->> 'value')::float8, (metrics -> 'skill_captured' ->> 'value')::float8,
                  (metrics -> 'rel_mae' ->> 'n')::int
           from models.forecast_run where grain = 'day' and scope = 'total' and model is not null"""
    )
    shown = tiles(app)
    assert shown["Relative error"] == grouped(rel_mae, 2, "en")
    assert shown["Skill captured"] == grouped(skill, 2, "en")
    assert f"n\u00a0=\u00a0{grouped(n, 0, 'en')}" in words(app)
    assert "Prophet (model)" in words(app)
    assert "inner band: 80%, outer band: 95%" in words(app)
    assert "No forecast made 1 day ahead is old enough" in words(app)
    assert len(app.dataframe[0].value) == 28
    app = manager.open("anna", "desk_forecast", lang="en", step="week", series="queue:nowhere")
    assert any("nowhere" in one.value for one in app.warning)
    assert len(app.dataframe[0].value) == 12


def test_what_came_before_a_forecast_is_counted_from_the_tickets(built: Any) -> None:
    oracle = Oracle.of(built.house, LAST)
    for grain in ("day", "week"):
        known = forecast_data.known(scope_of(built.house), grain)
        assert known.series[0].scope == "total"
        for series in known.series:
            found = forecast_data.forecast(scope_of(built.house), grain, series)
            tickets = oracle.tickets if series.scope == "total" else oracle.narrowed(queue=series.queue).tickets
            length = 1 if grain == "day" else 7
            assert len(found.before) == (56 if grain == "day" else 26)
            for row in found.before:
                days = (tickets.get_column("opened_on") - row["period_start"]).dt.total_days()
                assert row["tickets"] == days.is_between(0, length - 1).sum(), (series, row)


def test_forecasts_are_held_against_what_came(built_copy: Any, sessions: Sessions, browser: Opener) -> None:
    with psycopg.connect(built_copy.warehouse) as owner:
        # as if the forecast had been made four weeks earlier, from a batch before the first
        for name, change, which in (
            ("extract.batch", {"batch": "0"}, "batch = 1"),
            ("models.forecast_run", {"batch": "0"}, f"grain = 'day' and tenant_id = '{built_copy.tenant}'"),
            ("models.forecast", {"batch": "0", "period_start": "period_start - 28"}, "grain = 'day'"),
        ):
            columns = [row[0] for row in owner.execute(
                "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped",
                (name,))]  # fmt: skip
            rows = owner.execute(
                f"""insert into {name} ({", ".join(columns)})
                    select {", ".join(change.get(one, one) for one in columns)} from {name} where {which}"""
            ).rowcount
    assert rows > 28
    sessions.add("anna", built_copy.tenant, "reports.dashboard.read")
    app = browser(built_copy.serving).open("anna", "desk_forecast", lang="en", lead="7")
    ((inside, n),) = built_copy.ask(
        f"""select count(*) filter (where t.n between f.lo80 and f.hi80), count(*)
            from models.forecast f
            cross join lateral (select count(*) as n from marts.fct_ticket k where k.opened_on = f.period_start) t
            where f.scope = 'total' and f.grain = 'day' and f.lead = 7 and f.period_start <= '{LAST}'"""
    )
    assert n == 1
    assert f"Inside the 80% band: {inside} of {n}" in words(app)
    assert len(table(app, "Expected", "Actual")) == n
