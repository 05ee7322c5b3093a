"""What people thought of it: never a rate without the number of answers behind it."""

from typing import Any

from operational.vcio.service.sections.base import Page, shown

SMALL = 10  # answers; below them chance decides
SCORES = (5, 4, 3, 2, 1)


class Satisfaction(Page):
    """CSAT with its interval, the answer rate, and the answers by score."""

    def build(self) -> dict[str, Any]:
        """The tables, or a sentence where nobody was asked."""
        if not self._serving.has_satisfaction():
            return {"missing": self._t["csat_never"]}
        if not self._rows("satisfaction_asked"):
            return {"missing": self._t["csat_none"]}
        t, where = self._t, self._where(self._subject.period)
        cards = [self._card(key, t[key], {}) for key in ("csat", "csat_answers", "csat_asked", "csat_rate")]
        answers = cards[1]["now"]
        interval = None
        if answers["size"]:
            low, high = (self._book.metric(key, t[key], **where) for key in ("csat_low", "csat_high"))
            interval = {"low": shown(low), "high": shown(high)}
        scores = [
            {
                "name": t["csat_scores"][score],
                "number": shown(
                    self._book.metric("csat_of_score", f"{t['csat_answers']}, {score}", **where, score=score)
                ),
            }
            for score in SCORES
        ]
        return {
            "missing": "", "finding": cards[0]["now"], "cards": cards, "answers": answers, "interval": interval,
            "scores": scores, "small": answers["size"] < SMALL, "compared": self._subject.before is not None,
        }  # fmt: skip
