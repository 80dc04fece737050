"""Where in the book a key belongs that was written in another table (contract, *The book*)."""

_KEYS = {
    "[consortium]": (
        *("financial_year_starts", "pots_funded_on", "vat", "vat_number", "bank_accounts"),
        *("terms_days", "tolerance", "window_days", "match_tolerance", "four_eyes_over"),
        *("pot_life_months", "late_interest", "logo", "accent", "accounts", "exports"),
    ),
    "[consortium.exports]": (
        *("tax", "journal_tax", "tracking", "departments", "references"),
        *("gl07_columns", "gl07_constants", "ocid_prefix", "open_data_license"),
    ),
    "[[members]]": ("sector", "area"),
    "[[frameworks]]": ("retained", "reserve", "default_charge", "returns", "opportunities"),
    "[[frameworks.levy]]": (
        *("payer", "rate", "rates", "base", "rounding", "minimum", "maximum", "bands", "per"),
        *("mode", "by"),
    ),
    "[frameworks.opportunities]": (
        *("per_million", "scope", "unit_cost", "provide", "qualifying_weeks"),
    ),
    "[[layouts]]": ("columns", "constants", "keep", "date_format", "sheet", "encoding"),
}

HOMES = {key: header for header, keys in _KEYS.items() for key in keys}
"""The table of each key that only one table has, as its header is written."""
