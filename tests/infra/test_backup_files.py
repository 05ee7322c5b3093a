"""The file a backup is: whole or refused, opened by the right key alone, and written under its name only when whole."""

import base64
import io
import json
import os
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage
import pytest

from infra.errors import UserError
from infra.local.backup.archive import Member, tar_blocks
from infra.local.backup.contents import files_of
from infra.local.backup.make import check_backup, unpack_backup
from infra.local.backup.manifest import Manifest
from infra.local.backup.places import BACKUP, drop_old, target_for, written
from infra.local.backup.sealing import Key, Lock, key_from, lock_for, seal

NOW = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
WORDS = "drei Wörter mehr"
# a key encrypted with WORDS, with a work factor so low that opening it takes no time
LOCKED = base64.b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBVaU5wc0svUE1HWWszUU1TRzBrSmhRIDEKaHU3MXhLaURDRkVDcGRvNnQ2"
    "ZzhMUGh5TkhoN2VSWnQ1TENHT242UHhQRQotLS0gUDluZXYyS1hMZ0lXRlkxQXIwTzZ5NEZ5T0ZXeWxJQ1Q5STlEWGFQdHhxdwoD"
    "7uVeTl6taB1oNbckA8WLllpVptVyf9Vru4Wsiu/9VrotenaVHljfb+kSMsy3hQ4QJqRd7utRL+lcBjcuyK5VGB37L9Q5ej7mF45a"
    "5982CGHRrpBJTEimQcM4+ZOE8PQQXv18H2o7lM/t"
)


def described(members: dict[str, Any]) -> Manifest:
    return Manifest("0.1.0", NOW.isoformat(), 15, 900, 3, {"crm": ["0003"]}, {"psa": {"crm.customer": 2}}, members)


@pytest.fixture
def members(tmp_path: Path) -> list[Member]:
    files = {
        "psa.dump": os.urandom(3000),
        f"home/mail/{'long' * 40}.eml": b"Von: \xff",
        "home/packs/Übersicht.pdf": b"",
    }
    found = []
    for number, (name, content) in enumerate(files.items()):
        (tmp_path / str(number)).write_bytes(content)
        found.append(Member(name, tmp_path / str(number)))
    return found


def make(target: Path, members: list[Member], lock: Lock) -> Path:
    with target.open("wb") as out:
        seal(tar_blocks(members, described), out, lock)
    return target


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    file = tmp_path / "identity.txt"
    made = pyrage.x25519.Identity.generate()
    file.write_text(f"# created: now\n# public key: {made.to_public()}\n{made}\n")
    return file


def recipient(identity: Path) -> str:
    return identity.read_text().splitlines()[1].split(": ")[1]


def test_what_was_written_is_read_again_and_tar_reads_it_too(tmp_path: Path, members: list[Member]) -> None:
    file = make(tmp_path / "b.tar", members, Lock())
    into = tmp_path / "into"
    into.mkdir()
    manifest = unpack_backup(file, Key(), into)
    assert manifest.rows == {"psa": {"crm.customer": 2}}
    for member in members:
        assert (into / member.name).read_bytes() == member.path.read_bytes()
        assert manifest.members[member.name]["size"] == member.path.stat().st_size
    with tarfile.open(file) as archive:
        assert archive.getnames() == [*(member.name for member in members), "manifest.json", "manifest.sha256"]


def test_a_flipped_bit_is_noticed_wherever_it_means_anything(tmp_path: Path, members: list[Member]) -> None:
    file = make(tmp_path / "b.tar", members, Lock())
    content, other = file.read_bytes(), tmp_path / "flipped.tar"
    with tarfile.open(file) as archive:
        data = [(info.offset_data, info.size) for info in archive]
    places = [start + offset for start, size in data for offset in range(0, size, 97)]
    # names, sizes and the checksums of the headers
    places += [start - 512 + offset for start, _ in data for offset in (0, 124, 130, 148)]
    assert len(places) > 60
    for place in places:
        flipped = bytearray(content)
        flipped[place] ^= 1
        other.write_bytes(flipped)
        with pytest.raises(UserError, match="is damaged"):
            check_backup(other, Key())
    for size in (0, 100, 512, 3000, data[-1][0] + 10):
        other.write_bytes(content[:size])
        with pytest.raises(UserError, match="is damaged"):
            check_backup(other, Key())


def test_an_encrypted_one_is_opened_by_its_key_alone(tmp_path: Path, members: list[Member], identity: Path) -> None:
    file = make(tmp_path / "b.tar.age", members, lock_for([recipient(identity)], None))
    assert pyrage.decrypt(file.read_bytes(), list(key_from(identity, None).identities)).startswith(b"psa.dump\0")
    assert set(check_backup(file, key_from(identity, None)).members) == {member.name for member in members}
    stranger = tmp_path / "stranger.txt"
    stranger.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(UserError, match=r"the key in .*stranger.txt does not open .*b.tar.age"):
        check_backup(file, key_from(stranger, None))
    with pytest.raises(UserError, match="give the key with --identity-file"):
        check_backup(file, Key())
    content = file.read_bytes()
    for place in (3, 60, 400, len(content) - 1):
        flipped = bytearray(content)
        flipped[place] ^= 1
        file.write_bytes(flipped)
        with pytest.raises(UserError):
            check_backup(file, key_from(identity, None))
    file.write_bytes(content[:-5])
    with pytest.raises(UserError, match="is damaged: it does not decrypt"):
        check_backup(file, key_from(identity, None))


def test_a_passphrase_opens_what_it_closed(tmp_path: Path, members: list[Member]) -> None:
    words = tmp_path / "words"
    words.write_text(f"{WORDS}\n")
    file = make(tmp_path / "b.age.tar", members, lock_for([], words))
    assert set(check_backup(file, key_from(None, words)).members) == {member.name for member in members}
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["identity.age", "backup.tar.age"]


def test_what_other_tools_of_age_wrote_is_opened_by_its_passphrase_alone(tmp_path: Path, members: list[Member]) -> None:
    made = pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(LOCKED, WORDS).decode())
    sealed = pyrage.encrypt(b"".join(tar_blocks(members, described)), [made.to_public()])
    file = tmp_path / "b.age.tar"
    with tarfile.open(file, "w") as archive:
        for name, content in (("identity.age", LOCKED), ("backup.tar.age", sealed)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    right, wrong = Key(passphrase=WORDS, source=tmp_path / "right"), Key(passphrase="Wort", source=tmp_path / "wrong")
    assert set(check_backup(file, right).members) == {member.name for member in members}
    with pytest.raises(UserError, match=r"the passphrase in .*wrong does not open .*b.age.tar"):
        check_backup(file, wrong)
    with pytest.raises(UserError, match="give it with --passphrase-file"):
        check_backup(file, Key())
    file.write_bytes(file.read_bytes()[: 2048 + len(sealed) // 2])
    with pytest.raises(UserError, match="is damaged"):
        check_backup(file, right)


def test_wrong_keys_are_told_before_anything_is_done(tmp_path: Path, members: list[Member], identity: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("\n")
    plain = make(tmp_path / "b.tar", members, Lock())
    for wanted, ask in {
        "is no age recipient": lambda: lock_for(["age1nobody"], None),
        "choose one: --recipient or": lambda: lock_for([recipient(identity)], empty),
        "choose one: --identity-file or": lambda: key_from(identity, empty),
        "the first line of .* is empty": lambda: lock_for([], empty),
        "holds no age identity": lambda: key_from(empty, None),
        "cannot read .*none": lambda: key_from(tmp_path / "none", None),
        "is not encrypted; leave": lambda: check_backup(plain, key_from(identity, None)),
        "cannot read .*none.tar": lambda: check_backup(tmp_path / "none.tar", Key()),
    }.items():
        with pytest.raises(UserError, match=wanted):
            ask()


def strange_archive(file: Path, name: str, kind: bytes = tarfile.REGTYPE) -> Path:
    with tarfile.open(file, "w") as archive:
        info = tarfile.TarInfo(name)
        info.size, info.type, info.linkname = (1, kind, "") if kind == tarfile.REGTYPE else (0, kind, "/etc/passwd")
        archive.addfile(info, io.BytesIO(b"x"))
    return file


def test_nothing_leaves_the_folder_it_is_unpacked_into(tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    for name in ("../outside", "/tmp/outside", "home/../../outside"):
        with pytest.raises(UserError, match="would leave the folder"):
            unpack_backup(strange_archive(tmp_path / "s.tar", name), Key(), into)
    with pytest.raises(UserError, match="does not belong in it"):
        unpack_backup(strange_archive(tmp_path / "s.tar", "home/link", tarfile.SYMTYPE), Key(), into)
    assert list(into.rglob("*")) == []


def test_another_format_is_left_to_the_version_that_made_it(tmp_path: Path) -> None:
    content = json.loads(described({}).to_json()) | {"format": "psa-backup/2"}
    with pytest.raises(UserError, match="has the format psa-backup/2; use the version of psa that made it"):
        Manifest.from_json(json.dumps(content).encode())


def test_of_a_home_all_is_taken_but_what_is_listed(tmp_path: Path) -> None:
    kept = {"packs/a.pdf", "mail/2026/b.eml", "audit/anchors", "keys/secrets.json", "imports/rejects.csv", "new/c"}
    left = {
        "home.json", "home.lock", "postgres/PG_VERSION", "postgres.log", "log/api.log", "dagster/runs.db", "demo/x",
        "keys/signing-0001-x.json", "keys/jwks.json", "keys/.lock", "backups/psa-backup-1.tar", "psa-backup-2.tar",
        "mail/half.part", "supervisor.conf", "dbt/manifest.json", "backup.part/psa.dump", "restored.part/x",
        "lost+found/x",
    }  # fmt: skip
    for name in kept | left:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "packs" / "elsewhere").symlink_to("/etc")
    members, strange = files_of(tmp_path)
    assert {member.name for member in members} == {f"home/{name}" for name in kept}
    assert strange == [tmp_path / "packs" / "elsewhere"]


def test_a_name_is_given_to_what_is_whole(tmp_path: Path) -> None:
    target = target_for(tmp_path / "new", BACKUP, NOW, ".tar.age")
    assert target == tmp_path / "new" / "psa-backup-20261126T123000Z.tar.age"
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / ".part").write_text("left by one that was killed")
    with pytest.raises(OverflowError), written(target, ".part") as out:
        out.write((1).to_bytes(1) + (256).to_bytes(1))
    assert list(target.parent.iterdir()) == []
    with written(target, ".part") as out:
        out.write(b"whole")
        assert [path.name for path in target.parent.iterdir()] == [".part"]
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"whole", 0o600)
    with pytest.raises(UserError, match="exists already"):
        target_for(tmp_path / "new", BACKUP, NOW, ".tar.age")
    with pytest.raises(UserError, match="named like an encrypted file"):
        target_for(tmp_path / "x.tar.age", BACKUP, NOW, ".tar")


def test_a_file_that_shrinks_meanwhile_ends_the_backup(tmp_path: Path, members: list[Member]) -> None:
    big = tmp_path / "big"
    big.write_bytes(bytes(5_000_000))

    def blocks() -> Iterator[bytes]:
        for number, block in enumerate(tar_blocks([Member("home/big", big)], described)):
            if number == 1:
                os.truncate(big, 1_500_000)
            yield block

    with pytest.raises(UserError, match="became shorter"), (tmp_path / "b").open("wb") as out:
        seal(blocks(), out, Lock())


def test_a_file_that_vanishes_meanwhile_is_left_out_of_a_home_alone(tmp_path: Path, members: list[Member]) -> None:
    gone = tmp_path / "gone"
    file = make(tmp_path / "b.tar", [*members, Member("home/gone", gone, may_vanish=True)], Lock())
    assert set(check_backup(file, Key()).members) == {member.name for member in members}
    with pytest.raises(FileNotFoundError):
        make(tmp_path / "c.tar", [Member("psa.dump", gone)], Lock())


def test_the_newest_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    ours = [f"psa-backup-2026112{day}T010000Z{end}" for day, end in enumerate((".tar", ".tar.age", ".age.tar", ".tar"))]
    others = ["psa-before-upgrade-20200101T000000Z.tar", "psa-backup-mine.tar", "psa-backup-20200101T000000Z.tar.gz"]
    for name in ours + others:
        (tmp_path / name).touch()
    assert [path.name for path in drop_old(tmp_path, BACKUP, 2)] == [ours[1], ours[0]]
    assert {path.name for path in tmp_path.iterdir()} == {*ours[2:], *others}
