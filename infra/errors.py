"""The one kind of error a person at the command line is shown."""


class UserError(Exception):
    """Something a person can put right; the text is one line and says how."""
