"""Where the pipeline finds its databases: environment variables, set by `psa` or the container."""

import os
from dataclasses import dataclass

from psycopg.conninfo import conninfo_to_dict


class SettingsError(ValueError):
    """A setting is missing."""


@dataclass(frozen=True)
class Settings:
    """libpq URLs: `source_url` the extractor's into `psa`, `warehouse_url` the owner's into `warehouse`."""

    source_url: str
    warehouse_url: str

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read PSA_SOURCE_URL and PSA_WAREHOUSE_URL; raises SettingsError when one is missing."""
        try:
            return cls(os.environ["PSA_SOURCE_URL"], os.environ["PSA_WAREHOUSE_URL"])
        except KeyError as error:
            raise SettingsError(f"{error.args[0]} is not set; start the pipeline by `psa`, which sets it") from None

    def environment(self) -> dict[str, str]:
        """The same as environment variables, with those that dbt's profile reads."""
        parts = conninfo_to_dict(self.warehouse_url)
        return {
            "PSA_SOURCE_URL": self.source_url,
            "PSA_WAREHOUSE_URL": self.warehouse_url,
            "PSA_WAREHOUSE_HOST": str(parts["host"]),
            "PSA_WAREHOUSE_PORT": str(parts.get("port") or 5432),
            "PSA_WAREHOUSE_USER": str(parts["user"]),
            "PSA_WAREHOUSE_PASSWORD": str(parts["password"]),
            "PSA_WAREHOUSE_DATABASE": str(parts["dbname"]),
        }
