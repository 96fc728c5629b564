"""Settings, all with the prefix `MINGZHANG_`, documented in docs/operations.md."""

from pathlib import Path

from pydantic import AwareDatetime, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What can be set from outside.

    ledger:           the ledger's folder, where a command names none.
    master_key_file, master_key, master_key_command: where the vault's master key comes from (`api.master_key`);
                      without them `keys/master.key` in the ledger.
    retention_years:  full years after the year of a person's last entry, before which nobody erases them.
    database_url, database_url_file: the PostgreSQL database that holds books, vault and views, or a file that names it;
                      without either they are files in the ledger's folder (`api.storage`).
    host, port:       where `serve` listens; loopback unless told otherwise.
    objection_township, objection_county, objection_hotline: telephones on every notice.
    public_address: where people reach the pages, e.g. https://mz.example.cn; stands on every notice; empty: as asked.
    largest_upload_mb: the most that is read of one request, in megabytes.
    processes:        how many processes `verify` uses; 0 means one a core.
    tsa_url:          the time-stamping authority (RFC 3161) that stamps each book's newest head daily; empty: none.
    tsa_ca:           a PEM file with the certificates that its own has to chain up to.
    tsa_renew_days:   so many days before a stamp's certificates end it is stamped again.
    test, test_clock, test_seed: a clock that stands and a seed, for tests only (`api.testing`).
    """

    model_config = SettingsConfigDict(env_prefix="MINGZHANG_", env_ignore_empty=True, extra="ignore")

    ledger: Path = Path("ledger")
    master_key_file: Path | None = None
    master_key: SecretStr | None = None
    master_key_command: str | None = None
    retention_years: int = Field(default=10, ge=0)
    database_url: SecretStr | None = None
    database_url_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    objection_township: str = "镇乡村振兴办 / township office"
    objection_county: str = "县纪委监委 / county inspection"
    objection_hotline: str = "12317"
    public_address: str = ""
    largest_upload_mb: int = 100
    processes: int = 0
    tsa_url: str = ""
    tsa_ca: Path | None = None
    tsa_renew_days: int = Field(default=90, ge=0)
    test: bool = False
    test_clock: AwareDatetime | None = None
    test_seed: str | None = None
