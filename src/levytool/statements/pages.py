"""The templates that pages are made from: HTML that needs nothing else, every text escaped."""

from base64 import b64encode
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from levytool.money import display_pence
from levytool.statements import words
from levytool.statements.values import Logo


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


def logo_address(logo: Logo | None) -> str:
    """The logo within the page, as an image: nothing in it can run."""
    return f"data:{logo.media_type};base64,{b64encode(logo.data).decode()}" if logo else ""
