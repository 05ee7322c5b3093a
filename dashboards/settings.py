"""Settings from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Where the warehouse, the API and the desk's pages are, and the issuer whose cookie says who looks."""

    serving_url: str
    api_url: str
    public_url: str
    issuer: str = "psa"

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds the dashboards' token."""
        return f"{self.issuer}_dashboards"

    @property
    def login_url(self) -> str:
        """The desk's log-in, which leads back here."""
        return f"{self.public_url}/login?next=dashboards"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read PSA_SERVING_URL, PSA_API_URL, PSA_PUBLIC_URL and PSA_ISSUER.

        Raises ValueError naming every variable that is missing.
        """
        needed = ("PSA_SERVING_URL", "PSA_API_URL", "PSA_PUBLIC_URL")
        missing = [name for name in needed if not env.get(name)]
        if missing:
            raise ValueError(f"set {', '.join(missing)}; see docs/dashboards.md")
        serving, api, public = (env[name] for name in needed)
        return cls(serving, api.rstrip("/"), public.rstrip("/"), env.get("PSA_ISSUER", cls.issuer))
