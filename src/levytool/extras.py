"""Packages that only an extra of levytool brings, and how to install one."""

import shlex
import sys

from levytool.problems import UsageError


class MissingExtra(UsageError):
    """`what` needs a package that only an extra of levytool's brings."""

    def __init__(self, what: str, extra: str) -> None:
        # The Python that runs levytool, which need not be the one on the path.
        python = shlex.quote(sys.executable)
        super().__init__(
            f"{what} needs the extra {extra!r}; install it, then give the command again: "
            f"{python} -m pip install 'levytool[{extra}]'"
        )
