"""What is known ahead of a day at a place."""

from datetime import date

import numpy as np
import pytest

from ml.forecast.calendars import EFFECTS, Place, country_of, effects_of, is_patch_day, public_holidays


def effects(place: Place | None, day: date) -> set[str]:
    return {name for name, holds in zip(EFFECTS, effects_of(place, day, 1)[0], strict=True) if holds}


@pytest.mark.parametrize(
    ("subdivision", "day", "expected"),
    [
        ("HH", date(2025, 10, 31), {"holiday"}),  # Reformation Day, a Friday; not in Bavaria
        ("BY", date(2025, 10, 31), set()),
        ("HH", date(2025, 11, 3), {"day_after"}),  # the Monday after it
        ("HH", date(2026, 5, 14), {"holiday"}),  # Ascension
        ("HH", date(2026, 5, 15), {"bridge_day"}),
        ("HH", date(2026, 5, 18), set()),
        ("HH", date(2026, 4, 6), {"holiday"}),  # Easter Monday
        ("HH", date(2026, 4, 7), {"day_after"}),
        ("HH", date(2026, 12, 24), {"christmas"}),
        ("HH", date(2026, 12, 25), {"holiday"}),
        ("HH", date(2026, 12, 26), set()),  # a holiday, but a Saturday
        ("HH", date(2026, 12, 28), {"christmas", "day_after"}),
        ("HH", date(2026, 12, 29), {"christmas"}),
    ],
)
def test_effects_of_days_by_land(subdivision: str, day: date, expected: set[str]) -> None:
    assert effects(("DE", subdivision), day) - {"patch_days"} == expected


def test_updates_come_in_the_three_days_after_the_second_tuesday() -> None:
    days = [day for day in range(1, 31) if is_patch_day(date(2026, 11, day))]
    assert days == [11, 12, 13]
    assert [day for day in range(1, 31) if is_patch_day(date(2026, 9, day))] == [9, 10, 11]


def test_of_an_unknown_place_only_the_patch_days_are_known() -> None:
    year = effects_of(None, date(2026, 1, 1), 365)
    assert year[:, EFFECTS.index("holiday")].sum() == 0
    assert year[:, EFFECTS.index("patch_days")].sum() == 36
    assert public_holidays(("XX", None), 2026, 2026) == frozenset()
    # an unknown part of a known country has that country's holidays
    assert public_holidays(("DE", "XX"), 2026, 2026) == public_holidays(("DE", None), 2026, 2026) != frozenset()


def test_a_zone_belongs_to_a_country() -> None:
    assert country_of("Europe/Berlin") == ("DE", None)
    assert country_of("Europe/Vienna") == ("AT", None)
    assert country_of("Etc/UTC") is None
    assert np.isfinite(effects_of(country_of("Europe/Zurich"), date(2026, 1, 1), 400)).all()
