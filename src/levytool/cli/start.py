"""Where the `levytool` command begins: so early that Ctrl-C is met while Python is still loading.

Nothing but the standard library is imported before the guard stands.
"""

import sys

INTERRUPTED = 130
"""The exit code after Ctrl-C, as in `cli.running`."""


def run() -> None:
    """The `levytool` command."""
    try:
        from levytool.cli.main import run as run_command

        run_command()
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted; what was under way was not stored\n")
        sys.exit(INTERRUPTED)
