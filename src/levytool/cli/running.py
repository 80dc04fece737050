"""Running a command line: how every refusal leaves the tool."""

import os
import traceback
from typing import Protocol

import typer

from levytool.cli import output
from levytool.problems import LevytoolError

INTERRUPTED = 130
"""The exit code after Ctrl-C; some versions of typer give it and say nothing."""


class Command(Protocol):
    """What typer makes of the app, as far as running it goes."""

    def main(self, args: list[str], prog_name: str, *, standalone_mode: bool) -> object:
        """Run with these arguments; gives what the command returned, or its exit code."""


def run_command(command: Command, arguments: list[str]) -> int:
    """Run one command line and give its exit code, as the contract has it; never a traceback."""
    try:
        code = command.main(arguments, prog_name="levytool", standalone_mode=False)
    except LevytoolError as error:
        output.show_error(error)
        return error.exit_code
    except SystemExit as error:
        # Typer leaves so when it meets a broken pipe itself.
        if not isinstance(error.__context__, BrokenPipeError):
            raise
        output.nobody_reads()
        return 0
    except (KeyboardInterrupt, typer.Abort):
        _say_interrupted()
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is wrong on our side.
        output.nobody_reads()
        return 0
    except Exception as error:
        if (help_text := _help_instead(error)) is not None:
            output.show_text(help_text)
            output.show_error(LevytoolError("a command is missing; name one of those above"))
            return 2
        if (misuse := _misuse(error)) is not None:
            output.show_error(LevytoolError(misuse))
            return 2
        if os.environ.get("LEVYTOOL_DEBUG") == "1":
            traceback.print_exc()
        what = str(error) or type(error).__name__
        text = f"unexpected: {what}; set LEVYTOOL_DEBUG=1 to see where"
        output.show_error(LevytoolError(text))
        return 1
    if code == INTERRUPTED:
        _say_interrupted()
    return code if isinstance(code, int) else 0


def _say_interrupted() -> None:
    output.show_error(LevytoolError("interrupted; what was under way was not stored"))


def _help_instead(error: Exception) -> str | None:
    """The help that stands for a noun without a verb; None for any other error."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ != "NoArgsIsHelpError" or context is None:
        return None
    return str(context.get_help())


def _misuse(error: Exception) -> str | None:
    """What was wrong with the call, when that is what the error says; None for any other.

    Typer brings a click of its own in some versions and takes the installed one in others, so a
    usage error is known by its shape, not by its class.
    """
    say = getattr(error, "format_message", None)
    if say is None:
        return None
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "levytool"
    if getattr(error, "option_name", None) == "--ledger":
        rest = path.removeprefix("levytool ")
        return f"--ledger stands before the noun: levytool --ledger PATH {rest} …"
    return f"{say().rstrip('.')}; see {path} --help"
