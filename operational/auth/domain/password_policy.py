"""Which passwords are good enough; pure.

Length counts, composition does not (NIST SP 800-63B, 5.1.1.2): what is common, repeated, or made of words about the
person is refused however many kinds of characters it has.
"""

import re
from collections.abc import Collection

LEAST_LENGTH = 12
# zxcvbn's "safely unguessable: moderate protection from offline slow-hash scenario"
LEAST_GUESSES = 10**8
# letters and digits that must be left without the words about the person: those are no secret
LEAST_OF_ONES_OWN = 6
# the estimate looks at no more; what is longer is judged by its beginning
LOOKED_AT = 72


def weakness_of(password: str, about: Collection[str] = ()) -> str | None:
    """Why a password is not good enough (`too_short`, `easily_guessed`), None when it is.

    `about` are words somebody who knows the person would try: name, address, company.
    """
    if len(password) < LEAST_LENGTH:
        return "too_short"
    words = {part for text in about for part in re.split(r"\W+", text.casefold()) if len(part) > 2}
    rest = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    if sum(map(str.isalnum, rest)) < LEAST_OF_ONES_OWN:
        return "easily_guessed"
    # its lists of words take time to load, and few processes are ever asked
    from zxcvbn import zxcvbn

    estimate = zxcvbn(password[:LOOKED_AT], user_inputs=sorted(words))
    return "easily_guessed" if estimate["guesses"] < LEAST_GUESSES else None


SENTENCES = {
    "too_short": f"the password needs at least {LEAST_LENGTH} characters",
    "easily_guessed": "the password is easily guessed; take several words that do not belong together",
}
