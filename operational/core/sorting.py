"""The order of names in German lists. PostgreSQL knows it only where it was built with ICU, so it is put into a key."""

# letters that are more than a base letter with an accent; the rest falls apart by normalisation
_ONE = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i"}
_SEVERAL = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
_ACCENTS = r"[\u0300-\u036f]+"
# digits of a number, so that 9 comes before 10
_DIGITS = 10
# characters of the name that count; an index holds no more than some 2,700 bytes a row
_LONGEST = 100


def german_key(column: str) -> str:
    """SQL of a text column's sort key by DIN 5007-1: ä is a, ß is ss, case does not matter, numbers go by their value.

    Names equal by that are ordered as they are spelled. The expression is immutable, so that a generated column can
    hold it: whoever writes the name writes the key. A key that shall mean something else needs a migration.
    """
    key = f"lower(regexp_replace(normalize(btrim({column}), NFD), '{_ACCENTS}', '', 'g'))"
    # by lower() of a database with the locale C these stay as they are
    letters = _ONE | {letter.upper(): base for letter, base in _ONE.items() if len(letter.upper()) == 1}
    key = f"translate({key}, '{''.join(letters)}', '{''.join(letters.values())}')"
    for letter, base in _SEVERAL.items():
        for form in (letter, "ẞ" if letter == "ß" else letter.upper()):
            key = f"replace({key}, '{form}', '{base}')"
    zeros = "0" * _DIGITS
    key = f"regexp_replace({key}, '([0-9]+)', '{zeros}\\1', 'g')"
    key = f"regexp_replace({key}, '0+([0-9]{{{_DIGITS},}})', '\\1', 'g')"
    return f"left({key}, {_LONGEST}) || chr(1) || left({column}, {_LONGEST})"
