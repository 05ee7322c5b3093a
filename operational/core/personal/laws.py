"""Why something is kept after a person asked for its erasure, and until when.

German law, which a provider in another country replaces by its own:

- § 147 Abs. 1 Nr. 4, Abs. 3 AO and § 257 Abs. 1 Nr. 4, Abs. 4 HGB: accounting vouchers (Buchungsbelege) for eight
  years, since 2025-01-01 (Viertes Bürokratieentlastungsgesetz; ten before). Entered time is what invoices are made of.
- § 147 Abs. 1 Nr. 2, 3, 5 AO and § 257 Abs. 1 Nr. 2, 3 HGB: letters of business received and sent, and other papers
  that matter for taxes, for six years. A ticket with its messages is such correspondence.
- § 147 Abs. 4 AO, § 257 Abs. 5 HGB: the time begins with the end of the calendar year.
- Art. 17 Abs. 3 b DSGVO: what a law says to keep is not erased; e DSGVO: nor what is needed for the defence of claims.
  § 35 Abs. 3 BDSG: it is restricted instead, which the pseudonym does.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Law:
    """A reason to keep something, in German and English, and for how many years (None: no term is set)."""

    name: str
    years: int | None
    de: str
    en: str

    def until(self, newest: date | None) -> date | None:
        """The last day the newest record has to be kept; None where no term is set or nothing is known of its day."""
        return None if self.years is None or newest is None else date(newest.year + self.years, 12, 31)


LAWS: dict[str, Law] = {
    law.name: law
    for law in (
        Law(
            "vouchers", 8,
            "Grundlage von Rechnungen: acht Jahre (§ 147 Abs. 1 Nr. 4, Abs. 3 AO, § 257 Abs. 1 Nr. 4, Abs. 4 HGB)",
            "basis of invoices: eight years (§ 147 (1) no. 4, (3) AO, § 257 (1) no. 4, (4) HGB)",
        ),
        Law(
            "letters", 6,
            "Geschäftsbriefe: sechs Jahre (§ 147 Abs. 1 Nr. 2, 3, Abs. 3 AO, § 257 Abs. 1 Nr. 2, 3, Abs. 4 HGB)",
            "business letters: six years (§ 147 (1) no. 2, 3, (3) AO, § 257 (1) no. 2, 3, (4) HGB)",
        ),
        Law(
            "reference", None,
            "Aufzubewahrende Datensätze verweisen darauf (Art. 17 Abs. 3 b DSGVO)",
            "records that have to be kept point to it (Art. 17 (3) b GDPR)",
        ),
        Law(
            "evidence", None,
            "Nachweis und Sicherheit: ohne Inhalt und ohne Namen (Art. 5 Abs. 2, 17 Abs. 3 e, 32 DSGVO)",
            "proof and security: without content and without a name (Art. 5 (2), 17 (3) e, 32 GDPR)",
        ),
        Law(
            "statistics", None,
            "Statistik ohne Namen (Art. 89 DSGVO)",
            "statistics without a name (Art. 89 GDPR)",
        ),
    )
}  # fmt: skip
