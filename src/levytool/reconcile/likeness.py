"""How like two texts are: rapidfuzz, where it is installed (extra `match`)."""

from levytool.rules.matching.likeness import Likeness


def likeness() -> Likeness | None:
    """The measure that suggestions go by; None without rapidfuzz, when there are none."""
    try:
        from rapidfuzz import fuzz
    except ImportError:
        return None
    return lambda one, other: int(fuzz.token_sort_ratio(one, other))
