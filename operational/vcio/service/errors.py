"""What a person can put right."""


class PackError(ValueError):
    """A pack cannot be built or verified; the message says what to do."""
