"""`psa person` and `psa tenant export` on a home that runs."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from infra.errors import UserError


def give_and_erase(
    cli: Callable[..., Result], refused: Callable[..., str], folder: Path, email: str, erased: str
) -> None:
    """Somebody who works here is given their data and not erased; of somebody erased nothing is found."""
    out, company = folder / "person.zip", folder / "company.zip"
    ours = ("--tenant", "main")
    assert "nobody has the address" in refused("person", "export", erased, out, *ours)
    done = cli("person", "export", email.upper(), out, *ours)
    assert done.exit_code == 0, done.exception
    assert {"index.html", "auth.credential.json", "warehouse.json"} <= set(zipfile.ZipFile(out).namelist())
    assert "is there already" in refused("person", "export", email, out, *ours)
    assert "cannot write" in refused("person", "export", email, folder / "not there" / "x.zip", *ours)
    for words, text in (
        ((), "say whom to erase"), ((email, "--again", out), "say whom to erase"), ((email,), "add --dry-run"),
        ((email, "--yes"), "still works here"), (("--again", folder / "none"), "is not there"),
        (("--again", out), "is no erasure"),
    ):  # fmt: skip
        assert text in refused("person", "erase", *words, *ours), words
    looked = cli("person", "erase", email, "--dry-run", *ours)
    assert isinstance(looked.exception, UserError)
    assert "auth.credential" in looked.stdout
    assert "no tenant nowhere; use" in refused("tenant", "export", "nowhere", company)
    done = cli("tenant", "export", "main", company)
    assert done.exit_code == 0, done.exception
    assert company.stat().st_mode & 0o777 == 0o600
    assert zipfile.ZipFile(company).testzip() is None
    assert [path.name for path in folder.iterdir() if path.name.endswith(".part")] == []
