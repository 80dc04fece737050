"""The templates that pages are made from: HTML that needs nothing else, every text escaped."""

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from levytool.money import display_pence
from levytool.statements import words


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Templates with the filters that word amounts, days and rates."""
    made = Environment(
        loader=PackageLoader("levytool", "statements/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "money": display_pence,
    }
    made.globals |= {"words": words}
    return made
