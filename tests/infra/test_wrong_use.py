"""What cannot be done is answered in one line that says what to do, and leaves nothing half-done."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from infra.local.home import Home
from infra.plain_words import plain_words
from tests.infra.conftest import PSA, ROOT, Psa


@pytest.fixture(scope="module")
def desk(psa: Psa, module_folder: Path) -> Psa:
    """A home with a small desk, imported, refreshed, and one pack built: the whole way by the command line."""
    files = module_folder / "files"
    psa.ok("demo", "generate", "--seed", 5, "--customers", 3, "--years", 1, "--until", "2026-06-30", "--out", files)
    assert "0 rejected" in psa.ok("import", "folder", files)
    assert "checks passed" in psa.ok("pipeline", "run")
    return psa


def a_customer(desk: Psa) -> str:
    return desk.ok("qbr", "customers").splitlines()[0].split("  ", 1)[1]


def test_the_whole_way_on_the_command_line(desk: Psa, module_folder: Path) -> None:
    assert "nothing new since the last batch" in desk.ok("pipeline", "run")
    out = module_folder / "packs"
    built = desk.ok("qbr", "build", "--customer", a_customer(desk), "--quarter", "2026Q2", "--out", out)
    (file,) = out.iterdir()
    assert str(file) in built
    assert "0 mismatches" in desk.ok("qbr", "verify", file)
    rows = desk.ok("qbr", "rows", file, "E01").splitlines()
    assert rows[0].startswith("ticket_id,number,subject")


def test_an_unknown_customer_or_quarter(desk: Psa, module_folder: Path) -> None:
    where = ("--out", module_folder / "none")
    assert "there is no customer 'Nobody'" in desk.refused(
        "qbr", "build", "--customer", "Nobody", "--quarter", "2026Q2", *where
    )
    name = a_customer(desk)
    assert "there are no data for 2016Q2; the desk's history covers 2025-07-01 to 2026-06-30" in desk.refused(
        "qbr", "build", "--customer", name, "--quarter", "2016Q2", *where
    )
    assert "'spring' is no quarter; write it like 2016Q2" in desk.refused(
        "qbr", "build", "--customer", name, "--quarter", "spring", *where
    )
    assert "there is no language fr; use de or en" in desk.refused(
        "qbr", "build", "--customer", name, "--quarter", "2026Q2", "--lang", "fr", *where
    )
    assert not (module_folder / "none").exists()


def test_a_file_that_is_not_there_or_not_what_it_should_be(desk: Psa, module_folder: Path) -> None:
    missing = module_folder / "missing.csv"
    assert f"{missing} does not exist; give the path" in desk.refused("import", "servicenow", missing)
    assert "has no manifest.json" in desk.refused("import", "folder", module_folder)
    assert "Mars/Phobos is no time zone" in desk.refused("import", "servicenow", missing, "--timezone", "Mars/Phobos")
    assert f"{missing} does not exist" in desk.refused("qbr", "verify", missing)
    assert "no tenant elsewhere; use main" in desk.refused("qbr", "customers", "--tenant", "elsewhere")
    assert "role admin has no access here; use app or extractor" in desk.refused("db", "url", "--role", "admin")
    assert "soon is no day" in desk.refused("demo", "generate", "--until", "soon", "--out", module_folder / "x")


def test_somebody_is_let_in_and_wrong_words_are_refused(desk: Psa) -> None:
    email, first = desk.ok("user", "add", "anna@example.test", "--role", "technician").split()
    assert email == "anna@example.test"
    assert len(first) >= 15
    assert desk.ok("user", "add", "anna@example.test", "--role", "manager").split()[1] != first
    assert "there is no role king; use some of admin, analyst" in desk.refused("user", "add", email, "--role", "king")
    assert "anna is no e-mail address" in desk.refused("user", "add", "anna", "--role", "admin")


def test_a_company_is_made_and_its_people_get_links(desk: Psa) -> None:
    words = ("tenant", "create", "acme", "--name", "Acme IT", "--admin", "chef@example.test")
    link, until = desk.ok(*words).splitlines()
    assert "/set-password#" in link
    assert until.startswith("works once, until ")
    assert "acme  Acme IT" in desk.ok("tenant", "list").splitlines()
    again = desk.ok("user", "link", "chef@example.test", "--tenant", "acme").splitlines()[0]
    assert again.partition("#")[0] == link.partition("#")[0]
    assert again != link
    # from now on a command has to say whose data it means
    assert "say whose data with --tenant: acme, main" in desk.refused("user", "link", "x@example.test")
    assert "nobody here has the address" in desk.refused("user", "link", "x@example.test", "--tenant", "acme")
    assert "there is a company acme already" in desk.refused(*words)
    for words, said in (
        (("Ä!", "--name", "x", "--admin", "a@b.test"), "is no short name"),
        (("b", "--name", " ", "--admin", "a@b.test"), "needs a name"),
        (("b", "--name", "x", "--admin", "nobody"), "is no e-mail address"),
        (("b", "--name", "x", "--admin", "a@b.test", "--timezone", "Mars"), "is no time zone"),
        (("b", "--name", "x", "--admin", "a@b.test", "--locale", "fr"), "use de or en"),
    ):
        assert said in desk.refused("tenant", "create", *words)
    with psycopg.connect(Home(desk.home).url("owner", "psa")) as owner:
        acme = "(select id from auth.tenant where slug = 'acme')"
        for table in ("one_time_link", "user_role", "role", "user_account"):
            owner.execute(f"delete from auth.{table} where tenant_id = {acme}")
        owner.execute("delete from auth.tenant where slug = 'acme'")


def test_how_mail_leaves_is_said_once(desk: Psa) -> None:
    sender = ("--from", "Desk <desk@example.test>")
    url = "smtp://desk:hunter2@mail.example.test:587"
    assert "psa down" in desk.ok("mail", "smtp", url, *sender, "--public-url", "https://desk.example.test")
    kept = Home(desk.home).settings()
    assert (kept.mail_url, kept.public_url) == (url, "https://desk.example.test")
    for words, said in (
        ((f"{url}?security=none", *sender), "on this machine only"),
        (("http://mail", *sender), "is no mail server's address"),
        ((url, "--from", "nobody"), "must be an address"),
        ((url, *sender, "--public-url", "desk"), "is no web address"),
    ):
        refused = desk.refused("mail", "smtp", *words)
        assert said in refused
        assert "hunter2" not in refused
    desk.ok("mail", "folder")
    Home(desk.home).remember(public_url=None)
    assert desk.ok("mail", "list") == ""
    assert "there is no file of a mail x" in desk.refused("mail", "read", "x")


def test_a_taken_port(desk: Psa) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert desk.refused("serve", "--port", port) == (
            f"port {port} is taken; stop who listens there or choose another with --port"
        )


def test_settings_that_are_missing_are_all_named(desk: Psa) -> None:
    said = desk.refused("worker", PSA_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert said == "set PSA_LOGIN_URL, PSA_RELAY_URL, PSA_SCHEDULER_URL, PSA_KEYS_DIR; see docs/api.md"


def operational(desk: Psa) -> dict[str, str]:
    home = Home(desk.home)
    urls = {f"PSA_{name.upper()}_URL": home.url(name, "psa") for name in ("login", "relay", "scheduler")}
    return {"PSA_DATABASE_URL": home.url("app", "psa"), "PSA_KEYS_DIR": str(desk.home / "keys"), **urls}


def set_revision(desk: Psa, revision: str) -> str:
    with psycopg.connect(Home(desk.home).url("owner", "psa")) as owner:
        (before,) = owner.execute("select version_num from crm.alembic_version").fetchone() or ("",)
        owner.execute("update crm.alembic_version set version_num = %s", (revision,))
    return str(before)


def test_a_schema_of_another_version(desk: Psa) -> None:
    newest = set_revision(desk, "9999")
    try:
        for said in (desk.refused("db", "upgrade"), desk.refused("serve", **operational(desk))):
            assert "the schema of crm was made by a newer version (revision 9999); install that version" in said
        set_revision(desk, "0001")
        assert desk.refused("worker", **operational(desk)) == (
            "the schema of crm is older than this version; run `psa db upgrade`"
        )
    finally:
        set_revision(desk, newest)


def test_a_table_somebody_holds_on_to(desk: Psa) -> None:
    with psycopg.connect(Home(desk.home).url("owner", "psa")) as other:
        other.execute("lock table crm.alembic_version in access exclusive mode")
        assert "somebody works on a table that is to change" in desk.refused("db", "upgrade")


@pytest.fixture
def settings(desk: Psa) -> Iterator[Path]:
    file = desk.home / "home.json"
    before = file.read_bytes()
    yield file
    file.write_bytes(before)


def test_a_home_of_another_postgresql(desk: Psa, settings: Path) -> None:
    desk.ok("down")
    content = json.loads(settings.read_text())
    settings.write_text(json.dumps({**content, "postgres_major": 14}))
    said = desk.refused("db", "url")
    assert "this home was made with PostgreSQL 14, found: " in said
    assert "install postgresql-14" in said


def test_a_home_that_is_damaged_or_cannot_be_written(desk: Psa, settings: Path) -> None:
    settings.write_text("{")
    assert "is damaged" in desk.refused("status")
    assert "cannot write to /proc/psa" in Psa(Path("/proc/psa")).refused("db", "url")


def test_before_the_first_start(module_folder: Path) -> None:
    fresh = Psa(module_folder / "fresh")
    assert "nothing has been started here yet" in fresh.ok("status")
    assert "has no database yet; run `psa up --detach`" in fresh.refused("restart", "api")
    try:
        assert "the warehouse is not built yet; run `psa pipeline run`" in fresh.refused("qbr", "customers")
        assert ", 0 checks" not in fresh.ok("pipeline", "run")
        assert "there is no tenant yet; import a history first" in fresh.refused("qbr", "customers")
    finally:
        fresh.ok("down")


def on_a_disk_of(megabytes: int, folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a shell command whose `$PSA_HOME` lies on a small disk of its own, in a mount namespace of its own."""
    disk = folder / f"disk{megabytes}"
    disk.mkdir()
    # an ordinary user is root for the mount only, and then who they were
    back = f"unshare --user --map-user={os.geteuid()} --map-group={os.getegid()}" if os.geteuid() else ""
    script = f"mount -t tmpfs -o size={megabytes}m,mode=0755 none {disk} && {back} sh -c '{command}'"
    return subprocess.run(
        [*as_root(), "sh", "-c", script],
        env=Psa(disk / "home").environment(), cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def as_root() -> list[str]:
    return ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]


@pytest.fixture
def small_disks(tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("no unshare (util-linux) to make a small disk with")
    probe = subprocess.run([*as_root(), "mount", "-t", "tmpfs", "none", tmp_path], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip(f"this user may not mount a small disk: {probe.stderr.decode().strip()}")


@pytest.mark.usefixtures("small_disks")
def test_a_full_disk(desk: Psa, module_folder: Path) -> None:
    tiny = on_a_disk_of(1, module_folder, f"{PSA} demo generate --customers 3 --years 1 --out $PSA_HOME/x")
    assert tiny.returncode == 1
    assert "No space left on device); free space or choose another --out" in tiny.stderr
    small = on_a_disk_of(20, module_folder, f"{PSA} db upgrade")
    assert (small.returncode, "Traceback" in small.stderr) == (1, False)
    assert "MB free, a new database needs 60); make room or set PSA_HOME to another folder" in small.stderr
    files = module_folder / "files"
    # room for the databases and not for the history
    full = on_a_disk_of(
        110, module_folder, f"{PSA} import folder {files}; code=$?; {PSA} down >$PSA_HOME/../down; exit $code"
    )
    assert (full.returncode, "Traceback" in full.stderr) == (1, False), full.stderr
    assert [line for line in full.stderr.splitlines() if line.startswith("psa: ")]


def test_plain_words_are_for_what_people_can_put_right() -> None:
    assert plain_words(ValueError("a fault of ours")) is None
    assert plain_words(psycopg.errors.UniqueViolation("a fault of ours")) is None
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect("postgresql://nobody@127.0.0.1:1/none")
    assert "the database does not answer" in str(plain_words(caught.value))
    assert "no room left" in str(plain_words(psycopg.errors.DiskFull("could not extend file")))
    outer = RuntimeError("around it")
    outer.__cause__ = OSError(28, "No space left on device")
    assert "no room left" in str(plain_words(outer))
