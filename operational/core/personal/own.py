"""What the kernel itself keeps of people."""

from pathlib import Path

from operational.core import job_states, parking  # noqa: F401 - add their tables
from operational.core.mail import queue  # noqa: F401
from operational.core.personal.declared import read_personal
from operational.core.tables import KERNEL_TABLES

KERNEL = read_personal(Path(__file__).with_name("core.yaml"), "core", KERNEL_TABLES)
