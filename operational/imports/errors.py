"""Errors of imports that a person can act on."""


class ImportFileError(Exception):
    """A file that cannot be imported at all; the text says what to do."""
