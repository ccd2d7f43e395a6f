"""Settings of one installation, from ``MPP_*`` variables.

Every field is a row of the table in ``docs/settings.md``; a test keeps the two equal.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an installation can set. Unset values give the embedded default: SQLite, one process."""

    model_config = SettingsConfigDict(env_prefix="MPP_", extra="ignore", frozen=True)

    instance: Path = Field(
        default=Path("instance"), description="Folder of the database and the mall's description."
    )
    database_url: str = Field(
        default="",
        description="SQLAlchemy address of the database. Empty: a SQLite file in the instance folder.",
    )
    redis_url: str = Field(
        default="", description="Address of Redis. Empty: none; one process serves everybody."
    )
    config: Path | None = Field(
        default=None, description="The mall's description. Unset: `mpp.toml` in the instance folder."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8050, ge=1, le=65535, description="Port to listen on.")
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="Lets Prometheus read `/metrics` as a bearer token; empty: administrators only.",
    )
    sso_issuer: str = Field(
        default="",
        description="Address of the OpenID Connect issuer for single sign-on; empty: passwords only.",
    )
    sso_client: str = Field(default="", description="Client id of this installation at the issuer.")
    sso_secret: SecretStr = Field(default=SecretStr(""), description="Client secret at the issuer.")
    sso_name: str = Field(
        default="SSO", description="What the button of single sign-on calls it, such as `SSO Kabupaten`."
    )
    locale: str = Field(
        default="id", pattern="^(id|en)$", description="Language of screens and messages: id or en."
    )
    rate_limit: str = Field(
        default="600/minute",
        description="Requests a source's token may send to the API, in Flask-Limiter's words.",
    )
    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="Least level that is logged."
    )
    log_format: str = Field(
        default="auto",
        pattern="^(auto|json|text)$",
        description="json, text, or auto: json unless a terminal",
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:", "postgresql")):
            raise ValueError(
                "must start with sqlite: or postgresql: (for example postgresql://mpp@localhost/mpp)"
            )
        return value

    @property
    def database(self) -> str:
        """The database's address, the embedded default included."""
        if not self.database_url:
            return f"sqlite:///{(self.instance / 'mpp.sqlite').absolute()}"
        if self.database_url.startswith("postgresql://"):
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return self.database_url

    @property
    def description(self) -> Path:
        """Path of the mall's description."""
        return self.config or self.instance / "mpp.toml"
