"""The firm: technicians, who is away when, and who is on duty."""

from collections import Counter
from datetime import date, timedelta

from operational.demo.calendar import Horizon, Window, public_holidays
from operational.demo.chance import Dice
from operational.demo.world import FIELD, PROJECTS, SERVICE_DESK, Technician, ascii_name, words

HOME = ("DE", "HH")
PER_CUSTOMER = 0.3
VACATION_DAYS = 30
WARMTH = 0.25  # standard deviation, in points of the score
FLU_SHARE = 0.34
SICK_SPELLS_PER_YEAR = 4.5
AWAY_AT_ONCE, OF_A_TEAM_AT_ONCE = 0.2, 0.26
EARLY: list[Window] = [(450, 720), (750, 960)]
MIDDLE: list[Window] = [(510, 750), (780, 1020)]
LATE: list[Window] = [(540, 780), (810, 1050)]
DAWN: list[Window] = [(420, 690), (720, 930)]
EVENING: list[Window] = [(630, 870), (900, 1140)]
SATURDAY: list[Window] = [(480, 840)]


class Firm:
    """The technicians with their absences and shifts."""

    def __init__(self, seed: int, horizon: Horizon, customers: int) -> None:
        self.horizon = horizon
        years = horizon.first.year, horizon.last.year + 1
        self.free = public_holidays(*HOME, *years)
        self._dice = Dice(seed, "firm")
        self.size = max(4, round(PER_CUSTOMER * customers))
        self.technicians = self._hire()
        self.sick_week = self._flu_week()
        for technician in self.technicians:
            self._sick(technician)
        self._flu()
        self._vacations()
        self._duty: dict[date, dict[int, list[Window]]] = {}
        self._plan_duty()

    def working_day(self, day: date) -> bool:
        """Monday to Friday without the holidays of Hamburg."""
        return day.weekday() < 5 and day not in self.free

    def shift(self, number: int, day: date) -> list[Window]:
        """When the technician at this position works that day, in minutes since midnight; empty when not at all."""
        technician = self.technicians[number]
        if not technician.works(day):
            return []
        duty = self._duty.get(day, {}).get(number)
        if duty is not None:
            return duty
        if not self.working_day(day):
            return []
        if technician.team == FIELD:
            return EARLY
        if technician.team == PROJECTS:
            return MIDDLE
        return (EARLY, LATE, MIDDLE)[(number + day.isocalendar().week) % 3]

    def on_call(self, day: date) -> int | None:
        """Who is on call in the night and at the weekend of the day; changes weekly."""
        able = [i for i, t in enumerate(self.technicians) if t.team != FIELD and t.works(day)]
        return able[day.toordinal() // 7 % len(able)] if able else None

    def capacity(self) -> dict[date, int]:
        """Minutes on shift per day over all technicians."""
        return {
            day: sum(end - start for n in range(len(self.technicians)) for start, end in self.shift(n, day))
            for day in (self.horizon.day(i) for i in range(self.horizon.days))
        }

    def _hire(self) -> list[Technician]:
        dice, size = self._dice, self.size
        in_projects, in_field = max(1, round(size / 6)), max(1, round(size / 4))
        teams = [SERVICE_DESK] * (size - in_projects - in_field) + [FIELD] * in_field + [PROJECTS] * in_projects
        names = words("names")
        first = dice.shuffled(names["first"])
        last = dice.shuffled(names["last"])
        leaver, joined = 1, len(teams)
        made = []
        for number, team in enumerate([*teams, SERVICE_DESK]):
            name = f"{first[number % len(first)]} {last[number % len(last)]}"
            made.append(
                Technician(
                    ref=f"U{number + 1:03d}",
                    name=name,
                    email=f"{ascii_name(name)}@nordlicht-systemhaus.example",
                    team=team,
                    queues=_queues(team, number),
                    active_from=self.horizon.first - timedelta(days=dice.between(200, 3000)),
                    active_to=self.horizon.at(0.47) if number == leaver else None,
                    cost_per_hour={SERVICE_DESK: 42, FIELD: 46, PROJECTS: 58}[team] + dice.between(-3, 6),
                    care=round(0.6 + 0.9 * dice.uniform(), 2),
                    forgets=round(0.01 + 0.07 * dice.uniform(), 3),
                    warmth=round(WARMTH * dice.normal(), 3),
                )
            )
        made[joined].active_from = _next_month(self.horizon.at(0.53))
        return made

    def _flu_week(self) -> date:
        """The Monday of a week in February in which many are ill; in the last winter that the horizon holds."""
        year = self.horizon.last.year if self.horizon.last >= date(self.horizon.last.year, 2, 21) else 0
        middle = date(year, 2, 10) if year else self.horizon.at(0.6)
        if middle < self.horizon.first:
            middle = self.horizon.at(0.6)
        return middle - timedelta(days=middle.weekday())

    def _flu(self) -> None:
        ill = self._dice.shuffled([t for t in self.technicians if t.employed(self.sick_week)])
        for technician in ill[: max(1, round(FLU_SHARE * len(ill)))]:
            for offset in range(7):
                technician.absent[self.sick_week + timedelta(days=offset)] = "sick"

    def _sick(self, technician: Technician) -> None:
        dice = self._dice
        days = self.horizon.days
        for _ in range(round(SICK_SPELLS_PER_YEAR * days / 365)):
            start = dice.between(0, days - 1)
            day = self.horizon.day(start)
            winter = day.month in (1, 2, 3, 11, 12)
            if not winter and dice.chance(0.35):
                continue
            for offset in range(1 + int(dice.lognormal(2.0, 0.6))):
                technician.absent[day + timedelta(days=offset)] = "sick"

    def _vacations(self) -> None:
        """Whole weeks, most of them in summer and around Christmas, never too many of a team at once."""
        away: Counter[tuple[str, date]] = Counter()
        staff = Counter(t.team for t in self.technicians)
        weights = [1, 1.5, 1.5, 2, 1.8, 2, 4, 4, 2, 2.2, 1, 3.2]
        mondays = [
            day for i in range(self.horizon.days) if (day := self.horizon.day(i)).weekday() == 0
        ]  # fmt: skip
        for year in sorted({monday.year for monday in mondays}):
            weeks = [monday for monday in mondays if monday.year == year]
            share = round(VACATION_DAYS / 5 * len(weeks) / 52)
            for technician in self.technicians:
                wanted = self._dice.shuffled(weeks)
                wanted.sort(key=lambda week: -weights[week.month - 1] * (0.3 + self._dice.uniform()))
                taken = 0
                for week in wanted:
                    limit = max(1, int(OF_A_TEAM_AT_ONCE * staff[technician.team]))
                    all_away = sum(n for (_, w), n in away.items() if w == week)
                    if taken == share or away[technician.team, week] >= limit or week in technician.absent:
                        continue
                    if all_away >= max(1, int(AWAY_AT_ONCE * self.size)):
                        continue
                    taken += 1
                    away[technician.team, week] += 1
                    for offset in range(7):
                        technician.absent.setdefault(week + timedelta(days=offset), "vacation")

    def _plan_duty(self) -> None:
        """One technician at dawn, one in the evening, one on Saturday, in turn."""
        for index in range(self.horizon.days):
            day = self.horizon.day(index)
            able = [n for n, t in enumerate(self.technicians) if t.team == SERVICE_DESK and t.works(day)]
            if not able or day.weekday() == 6 or day in self.free:
                continue
            week = day.toordinal() // 7
            if day.weekday() == 5:
                self._duty[day] = {able[week % len(able)]: SATURDAY}
            elif len(able) > 3:
                self._duty[day] = {able[week % len(able)]: EVENING, able[(week + 1) % len(able)]: DAWN}


def _queues(team: str, number: int) -> tuple[str, ...]:
    if team == FIELD:
        return (FIELD, SERVICE_DESK)
    if team == PROJECTS:
        return (PROJECTS, SERVICE_DESK)
    more: tuple[tuple[str, ...], ...] = ((PROJECTS,), (), (FIELD,), (PROJECTS,), ())
    return (SERVICE_DESK, *more[number % 5])


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
