"""What the finance system calls things, as TOML tables that read back the same."""

from collections.abc import Mapping

from levytool.book import toml
from levytool.book.records import ExportSettings
from levytool.book.schedules import OUTSIDE_THE_SCOPE_TEXT
from levytool.money import format_percent


def export_tables(settings: ExportSettings) -> dict[str, dict[str, str]]:
    """The keys of `[consortium.accounts]` and `[consortium.exports]`, by their names."""
    tax = {_rate(rate_ppm): code for rate_ppm, code in settings.tax.items()}
    tables: dict[str, Mapping[str, str]] = {
        "tax": tax,
        "tracking": settings.tracking,
        "departments": settings.departments,
        "references": settings.references,
        "gl07_constants": settings.gl07_constants,
    }
    texts = {
        "journal_tax": settings.journal_tax,
        "ocid_prefix": settings.ocid_prefix,
        "open_data_license": settings.open_data_license,
    }
    exports = {name: toml.quoted(text) for name, text in texts.items() if text}
    if settings.gl07_columns:
        exports["gl07_columns"] = toml.texts(settings.gl07_columns)
    exports |= {name: toml.text_table(codes) for name, codes in tables.items() if codes}
    return {
        "accounts": {account: toml.quoted(code) for account, code in settings.accounts.items()},
        "exports": exports,
    }


def export_blocks(settings: ExportSettings) -> list[str]:
    """Both tables, each where it says anything."""
    return [
        toml.block(f"[consortium.{name}]", keys)
        for name, keys in export_tables(settings).items()
        if keys
    ]


def _rate(rate_ppm: int | None) -> str:
    return OUTSIDE_THE_SCOPE_TEXT if rate_ppm is None else format_percent(rate_ppm)
