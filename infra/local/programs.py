"""Programs that Debian keeps where an ordinary user's PATH does not lead."""

import os
import shutil


def find_program(name: str) -> str | None:
    """The path of a program, which may be a server's; None where it is not installed."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin")))
