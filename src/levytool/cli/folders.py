"""Folders that files are written into."""

from pathlib import Path

from levytool.problems import UsageError


def require_folder(folder: Path) -> None:
    """Refuse, before anything is done, what can be no folder: a file, or a place below one; and
    one that takes no file."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        raise UsageError(f"{there} is a file; name a folder with --into DIR")
    require_room(there, "name another with --into DIR")


def require_room(folder: Path, instead: str) -> None:
    """Refuse a folder that takes no file, of which only trying tells; nothing is left there."""
    import tempfile  # Heavy: only where a file is written.

    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UsageError(
            f"{folder} takes no file ({error.strerror or error}); {instead}"
        ) from error
