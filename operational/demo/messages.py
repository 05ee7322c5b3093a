"""The words of a ticket: what the customer wrote, what the desk answered, what it noted for itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from operational.demo.calendar import ZONE
from operational.demo.chance import Dice
from operational.demo.journal import Said, Ticket
from operational.demo.manners import Pen
from operational.demo.texts import sentence
from operational.demo.world import Contact, Customer, Technician, spelled, words

DETAILED, ASKED = 0.55, 0.6
COPIED = 0.12  # share of first mails that go to others of the house as well
QUOTED, QUOTED_LINES, QUOTED_WIDTH = 0.3, 4, 90
OWN_QUESTION = 0.6  # where a story has a question of its own
FIRM_SIGNATURE = 0.7
FIRM = "Nordlicht Systemhaus GmbH"
FIRM_LINES = (FIRM + " · Service Desk", "+49 40 66969100 · service@nordlicht-systemhaus.example")
TOPICAL_NOTE = 0.55
URGENT = ("p1", "p2")


class Messages:
    """Writes the texts of tickets one after another; a ticket speaks the language of its contact."""

    def __init__(self, seed: int, customers: Sequence[Customer], technicians: Sequence[Technician]) -> None:
        self._dice = Dice(seed, "messages")
        self._letters = {language: words(f"letters_{language}") for language in ("de", "en")}
        self._pen = Pen(self._dice, customers, self._letters)
        self._customers = customers
        self._contacts = {k.ref: k for c in customers for k in c.contacts}
        self._names = {t.ref: t.name for t in technicians}
        self._writers: Mapping[str, Callable[[_Scene], str]] = {
            "first": self._first, "receipt": self._receipt, "hello": self._hello, "question": self._question,
            "appointment": self._appointment, "solution": self._solution, "duplicate": self._duplicate,
            "answer": self._answer, "again": self._again, "thanks": self._thanks, "note": self._note,
        }  # fmt: skip

    def of(self, ticket: Ticket) -> Iterator[tuple[int, str]]:
        """The number of every event with words, and the words."""
        scene = _Scene(ticket, self._customers[ticket.plan.customer], self._contacts.get(ticket.contact_ref), self)
        for said in ticket.said:
            scene.said = said
            text = self._writers[said.moment](scene)
            yield said.seq, text
            if said.moment not in ("note", "receipt"):
                scene.before = (said, text)

    def letters(self, language: str) -> Mapping[str, Any]:
        """The words around stories in a language."""
        return self._letters[language]

    # the customer

    def _first(self, scene: "_Scene") -> str:
        plan, contact, dice = scene.ticket.plan, scene.contact, self._dice
        if contact is None:
            return str(dice.pick(plan.story["m"]).format_map(plan.slots))
        parts = [dice.pick(plan.story["p"])]
        if dice.chance(DETAILED):
            parts.append(dice.pick(scene.customer_words["detail"][scene.nature]))
        if dice.chance(ASKED):
            parts.append(dice.pick(scene.customer_words["ask"][scene.mood]))
        text = " ".join(parts).format_map(plan.slots)
        if plan.channel == "phone":
            return self._call(scene, contact, text)
        if plan.channel == "portal":
            return self._form(scene, contact, text)
        return self._copied(scene, contact) + self._pen.letter(text, contact, scene.customer)

    def _call(self, scene: "_Scene", contact: Contact, text: str) -> str:
        shown = scene.customer_words["number"].format(phone=contact.phone) if contact.phone else ""
        template: str = self._dice.pick(scene.customer_words["phone"])
        return spelled(template.format(caller=contact.name, number=shown, text=sentence(text)), scene.customer.country)

    def _form(self, scene: "_Scene", contact: Contact, text: str) -> str:
        urgency = scene.customer_words["urgency"]["high" if scene.ticket.plan.said_priority in URGENT else "usual"]
        template: str = scene.customer_words["portal"]
        body = self._pen.careless(sentence(text), contact)
        return spelled(
            template.format(subject=scene.ticket.plan.subject, text=body, urgency=urgency), scene.customer.country
        )

    def _copied(self, scene: "_Scene", contact: Contact) -> str:
        others = [k for k in scene.customer.contacts[:12] if k.ref != contact.ref]
        if not others or not self._dice.chance(COPIED):
            return ""
        copied = {k.ref: k for k in (self._dice.pick(others) for _ in range(self._dice.between(1, 2)))}
        return "Cc: " + "; ".join(f"{k.name} <{k.email}>" for k in copied.values()) + "\n\n"

    def _answer(self, scene: "_Scene") -> str:
        return self._from_customer(scene, self._dice.pick(scene.answers or scene.customer_words["again"]))

    def _again(self, scene: "_Scene") -> str:
        return self._from_customer(scene, self._dice.pick(scene.customer_words["again"]))

    def _thanks(self, scene: "_Scene") -> str:
        return self._from_customer(scene, self._dice.pick(scene.customer_words["thanks"]))

    def _from_customer(self, scene: "_Scene", template: str) -> str:
        contact = scene.contact
        assert contact is not None, f"nobody at the customer speaks in {scene.ticket.ref}"
        text = self._pen.letter(template.format_map(scene.ticket.plan.slots), contact, scene.customer)
        if scene.before is None or scene.ticket.plan.channel != "mail" or not self._dice.chance(QUOTED):
            return text
        return f"{text}\n\n{self._quote(scene, *scene.before)}"

    def _quote(self, scene: "_Scene", said: Said, text: str) -> str:
        when = datetime.fromtimestamp(said.at, ZONE)
        day = scene.words["day"].format(d=when.day, m=when.month, y=when.year)
        who = self._names.get(said.actor) or (scene.contact.name if scene.contact else FIRM)
        head: str = scene.customer_words["quote"].format(day=day, time=f"{when:%H:%M}", who=who)
        lines = [line[:QUOTED_WIDTH] for line in text.split("\n") if line and not line.startswith(">")]
        return "\n".join([head, *(f"> {line}" for line in lines[:QUOTED_LINES])])

    # the desk

    def _receipt(self, scene: "_Scene") -> str:
        text: str = self._dice.pick(scene.desk_words["receipt"])
        return f"[{scene.ticket.ref}] {text}"

    def _hello(self, scene: "_Scene") -> str:
        plan = scene.ticket.plan
        kind = "machine" if scene.contact is None else "phone" if plan.channel == "phone" else scene.nature
        template: str = self._dice.pick(scene.desk_words["hello"][kind])
        return self._from_desk(scene, template.format(subject=plan.subject))

    def _question(self, scene: "_Scene") -> str:
        plan = scene.ticket.plan
        own = plan.story.get("q") if self._dice.chance(OWN_QUESTION) else None
        question = self._dice.pick(own or scene.desk_words["question"][scene.nature])
        scene.answers = question["a"]
        return self._from_desk(scene, question["q"])

    def _appointment(self, scene: "_Scene") -> str:
        return self._from_desk(scene, self._dice.pick(scene.desk_words["appointment"]))

    def _solution(self, scene: "_Scene") -> str:
        solved = self._dice.pick(scene.desk_words["solved"]) if scene.contact else ""
        return self._from_desk(scene, f"{self._dice.pick(scene.ticket.plan.story['f'])} {solved}".strip())

    def _duplicate(self, scene: "_Scene") -> str:
        return self._from_desk(scene, self._dice.pick(scene.desk_words["duplicate"]))

    def _note(self, scene: "_Scene") -> str:
        ticket, notes = scene.ticket, scene.words["note"]
        if ticket.original is not None:
            lines = notes["duplicate"]
        else:
            lines = notes[ticket.plan.category] if self._dice.chance(TOPICAL_NOTE) else notes["any"]
        return str(self._dice.pick(lines).format_map(ticket.plan.slots))

    def _from_desk(self, scene: "_Scene", template: str) -> str:
        dice, own = self._dice, scene.desk_words
        text = template.format_map(scene.ticket.plan.slots)
        if scene.contact is None:
            return sentence(text)
        greeting: str = dice.pick(own["greeting"]).format(name=scene.contact.name)
        body = text if scene.contact.language == "de" else sentence(text)
        lines = [dice.pick(own["closing"]), self._names[scene.said.actor]]
        if dice.chance(FIRM_SIGNATURE):
            lines += FIRM_LINES
        return spelled("\n".join([greeting, "", body, "", *lines]), scene.customer.country)


class _Scene:
    """What a text is written in: the ticket, who speaks, and what was said last."""

    def __init__(self, ticket: Ticket, customer: Customer, contact: Contact | None, messages: Messages) -> None:
        self.ticket = ticket
        self.customer = customer
        self.contact = contact
        self.words = messages.letters(contact.language if contact else "de")
        self.customer_words: Mapping[str, Any] = self.words["customer"]
        self.desk_words: Mapping[str, Any] = self.words["desk"]
        worrying = ticket.plan.category == "Sicherheit" or ticket.plan.event == "ransomware_scare"
        self.nature = "request" if ticket.plan.story.get("request") else "concern" if worrying else "fault"
        self.answers: Sequence[str] = ()
        self.said: Said
        self.before: tuple[Said, str] | None = None
        if ticket.original is not None:
            ticket.plan.slots["original"] = ticket.original.ref

    @property
    def mood(self) -> str:
        """How urgently a customer asks."""
        if self.nature == "fault":
            return "urgent" if self.ticket.plan.priority in URGENT else "usual"
        return "concern" if self.nature == "concern" else "usual"
