"""Settings, all with the prefix `MINGZHANG_`, documented in docs/operations.md."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What can be set from outside.

    ledger:           the ledger's folder, where a command names none.
    master_key_file:  the vault's master key; without it `keys/master.key` in the ledger.
    host, port:       where `serve` listens; loopback unless told otherwise.
    objection_township, objection_county, objection_hotline: telephones on every notice.
    public_address: where people reach the pages, e.g. https://mz.example.cn; stands on every notice; empty: as asked.
    largest_upload_mb: the most that is read of one request, in megabytes.
    processes:        how many processes `verify` uses; 0 means one a core.
    """

    model_config = SettingsConfigDict(env_prefix="MINGZHANG_", extra="ignore")

    ledger: Path = Path("ledger")
    master_key_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    objection_township: str = "镇乡村振兴办 / township office"
    objection_county: str = "县纪委监委 / county inspection"
    objection_hotline: str = "12317"
    public_address: str = ""
    largest_upload_mb: int = 100
    processes: int = 0
