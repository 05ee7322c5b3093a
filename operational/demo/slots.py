"""Fills the slots of templates; within a ticket the same slot always gets the same filling."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from operational.demo.chance import Dice
from operational.demo.world import words

# an article's gender, and the article of each gender by case
GENDERS = {"der": "m", "die": "f", "das": "n"}
ARTICLES = {"der": ("der", "die", "das"), "den": ("den", "die", "das"), "dem": ("dem", "der", "dem")}
DEVICE_NAMED, PRINTER_NAMED = 0.4, 0.3  # share of devices that people call by the name on the sticker
PORTABLE = ("Notebook", "Laptop", "laptop", "notebook")


@dataclass(frozen=True)
class Surroundings:
    """What a customer has that texts speak of."""

    language: str
    apps: Sequence[str]
    seats: int


@cache
def _lists(language: str) -> Mapping[str, Any]:
    table = words("slots")
    return {**table[language], "server": table["server"]}


class Slots(dict[str, str]):
    """A ticket's fillings; what a template asks for first is drawn then and kept.

    German nouns come with their article: `device` is `Notebook`, `der_device` `das Notebook`, `dem_device`
    `dem Notebook`. Raises KeyError for a slot that does not exist.
    """

    def __init__(self, dice: Dice, around: Surroundings, **known: str) -> None:
        super().__init__(known)
        self._dice = dice
        self._around = around
        self._nouns: dict[str, tuple[str, str]] = {}

    def __missing__(self, name: str) -> str:
        case, _, base = name.rpartition("_")
        if case in ARTICLES:
            noun, gender = self._noun(base)
            value = f"{ARTICLES[case]['mfn'.index(gender)]} {noun}" if self._around.language == "de" else noun
        elif name in ("device", "printer", "program", "app", "folder"):
            value = self._noun(name)[0]
        else:
            value = self._plain(name)
        self[name] = value
        return value

    def again(self) -> "Slots":
        """The same fillings for another ticket."""
        same = Slots(self._dice, self._around, **self)
        same._nouns = dict(self._nouns)
        return same

    def name_it(self, base: str, noun: str) -> None:
        """Settle a noun: `der Etagendrucker DR-07`, or without article in English."""
        self._nouns[base] = self._split(noun)

    def _noun(self, base: str) -> tuple[str, str]:
        if base not in self._nouns:
            self._nouns[base] = self._draw(base)
        return self._nouns[base]

    def _draw(self, base: str) -> tuple[str, str]:
        dice, around = self._dice, self._around
        match base:
            case "app":
                return self._split(dice.pick(around.apps))
            case "folder":
                return self._compound()
            case "device":
                noun, gender = self._split(dice.pick(_lists(around.language)["device"]))
                return (f"{noun} {self._asset(noun)}" if dice.chance(DEVICE_NAMED) else noun), gender
            case "printer":
                noun, gender = self._split(dice.pick(_lists(around.language)["printer"]))
                named = dice.chance(PRINTER_NAMED)
                return (f"{noun} DR-{dice.between(1, max(3, around.seats // 6)):02d}" if named else noun), gender
            case "program":
                return self._split(dice.pick(_lists(around.language)["program"]))
        raise KeyError(base)

    def _split(self, noun: str) -> tuple[str, str]:
        article, _, bare = noun.partition(" ")
        return (bare, GENDERS[article]) if self._around.language == "de" else (noun, "n")

    def _compound(self) -> tuple[str, str]:
        if self._around.language == "en":
            return self._dice.pick(("project folder", "invoice archive", "contract list", "staff folder")), "n"
        parts = words("slots")["compound"]
        last, gender = self._split(self._dice.pick(parts["last"]))
        return self._dice.pick(parts["first"]) + last.lstrip("-"), gender

    def _asset(self, noun: str) -> str:
        return f"{'NB' if noun in PORTABLE else 'PC'}-{self._dice.between(1, max(12, self._around.seats)):04d}"

    def _plain(self, name: str) -> str:
        drawn = _DRAWN.get(name)
        if drawn is not None:
            return drawn(self._dice)
        if name == "asset":
            return self._asset(self._dice.pick(("Notebook", "PC")))
        language = self._around.language
        filling: str = self._dice.pick(
            words(f"letters_{language}")["weekday"] if name == "weekday" else _lists(language)[name]
        )
        return filling


def _person(dice: Dice) -> str:
    names = words("names")
    return f"{dice.pick(names['first'])} {dice.pick(names['last'])}"


_DRAWN: Mapping[str, Callable[[Dice], str]] = {
    "n": lambda dice: str(dice.between(100, 989)),
    "few": lambda dice: str(dice.between(2, 14)),
    "pct": lambda dice: str(dice.between(85, 99)),
    "drive": lambda dice: dice.pick("FGHKPSX"),
    "ip": lambda dice: f"10.{dice.between(10, 60)}.{dice.between(0, 9)}.{dice.between(2, 250)}",
    "time": lambda dice: f"{dice.between(8, 16)}:{dice.between(0, 11) * 5:02d}",
    "person": _person,
}
