"""Subjects of tickets: templates with fillers, now and then a typo."""

from collections.abc import Callable, Sequence

from operational.demo.chance import Dice
from operational.demo.world import words

TYPO_SHARE = 0.05


class Texts:
    """Writes subjects in German or English."""

    def __init__(self, seed: int) -> None:
        self._dice = Dice(seed, "texts")
        table = words("subjects")
        fillers = table["fillers"]
        self._templates = {
            (topic, kind, language): lines
            for topic, kinds in table.items()
            if topic != "fillers"
            for kind, by_language in kinds.items()
            for language, lines in by_language.items()
        }
        self._fillers: dict[str, dict[str, Sequence[str]]] = {
            "de": {name: fillers[name] for name in ("device", "printer", "program", "server", "place", "when")},
            "en": {
                name: fillers[f"{name}_en"] for name in ("device", "printer", "program", "place", "when")
            } | {"server": fillers["server"]},
        }  # fmt: skip
        self._prefixes = {"de": fillers["prefix"], "en": fillers["prefix_en"]}

    def subject(self, topic: str, kind: str, language: str, apps: Sequence[str], machine: bool) -> str:
        """A subject; `topic` and `kind` are category and subcategory, or `planted` and the kind of an event."""
        dice = self._dice
        template = dice.pick(self._templates[topic, kind, language])
        text = template.format_map(_Fill(lambda name: self._fill(name, language, apps)))
        if machine:
            return f"[Monitoring] {text}"
        text = dice.pick(self._prefixes[language]) + text[0].upper() + text[1:]
        return self._misspell(text) if dice.chance(TYPO_SHARE) else text

    def _fill(self, name: str, language: str, apps: Sequence[str]) -> str:
        dice = self._dice
        match name:
            case "n":
                return str(dice.between(2, 900))
            case "few":
                return str(dice.between(2, 14))
            case "pct":
                return str(dice.between(85, 99))
            case "drive":
                return dice.pick("FGHKPSX")
            case "app":
                return dice.pick(apps)
            case _:
                return dice.pick(self._fillers[language][name])

    def _misspell(self, text: str) -> str:
        """Swap, double or lose a letter inside the text."""
        at = self._dice.between(2, len(text) - 3)
        if not (text[at].isalpha() and text[at + 1].isalpha()):
            return text
        return self._dice.pick(
            (
                text[:at] + text[at + 1] + text[at] + text[at + 2 :],
                text[:at] + text[at] + text[at:],
                text[:at] + text[at + 1 :],
            )
        )


class _Fill(dict[str, str]):
    """Fills every placeholder anew."""

    def __init__(self, fill: Callable[[str], str]) -> None:
        super().__init__()
        self._make = fill

    def __missing__(self, name: str) -> str:
        return self._make(name)
