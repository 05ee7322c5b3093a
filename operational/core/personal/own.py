"""What the kernel itself keeps of people."""

from pathlib import Path

from operational.core.mail.queue import mail_message
from operational.core.personal.declared import read_personal

KERNEL = read_personal(Path(__file__).with_name("core.yaml"), "core", mail_message.metadata)
