"""`python -m sessile check PATH...`: what programs use of TensorFlow that is not here, without running them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..checking.advice import advice_for
from ..checking.programs import Use, programs_in, uses_in, with_own_names


def add_to(commands: Any) -> None:
    """Say what the command takes."""
    check = commands.add_parser(
        "check",
        help="what programs use of TensorFlow that is not here",
        description="Read programs and notebooks without running them, and list each name of TensorFlow they use that "
        "is not in this library, with its place and what to use instead.",
        epilog="Exit status: 0 if all names are there, 1 if some are not, 2 if a file cannot be read.",
    )
    check.add_argument("paths", nargs="+", metavar="PATH", help="a program, a notebook, or a folder of them")
    check.add_argument("--json", action="store_true", help="print the result as JSON")
    check.add_argument("--quiet", action="store_true", help="print the share alone, and no progress")
    check.set_defaults(run=run)


def run(options: Any) -> int:
    """Do it; returns the exit code."""
    files, lost = programs_in(options.paths)
    uses: list[Use] = []
    unread = [{"file": path, "reason": "no such file or folder"} for path in lost]
    shows_progress = len(files) >= 20 and not options.quiet and sys.stderr.isatty()
    for number, path in enumerate(files):
        if shows_progress:
            sys.stderr.write(f"\r{number + 1} of {len(files)} files")
        try:
            uses += uses_in(path)
        except (SyntaxError, ValueError, OSError) as error:
            unread.append({"file": str(path), "reason": _reason(error)})
    if shows_progress:
        sys.stderr.write("\n")
    uses = with_own_names(uses)
    missing = [use for use in uses if not use.is_here]
    if options.json:
        print(json.dumps(_as_json(files, uses, missing, unread), indent=2))
    else:
        _print(files, uses, missing, unread, options.quiet)
    return 2 if unread else 1 if missing else 0


def _reason(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: {error.msg}"
    return getattr(error, "strerror", None) or str(error)


def _share(uses: Sequence[Use], missing: Sequence[Use]) -> float:
    return 1.0 if not uses else 1.0 - len(missing) / len(uses)


def _print(files: list[Path], uses: list[Use], missing: list[Use], unread: list[Any], quiet: bool) -> None:
    if not quiet:
        for use in missing:
            print(f"{use.place}: tf.{use.name}{advice_for(use.name)}")
    for row in unread:
        print(f"{row['file']}: not read: {row['reason']}")
    names, absent = {use.name for use in uses}, {use.name for use in missing}
    print(
        f"{len(uses) - len(missing)} of {len(uses)} uses of TensorFlow ({100 * _share(uses, missing):.1f} %) are here: "
        f"{len(names) - len(absent)} of {len(names)} names, in {len(files)} {'file' if len(files) == 1 else 'files'}"
    )


def _as_json(files: list[Path], uses: list[Use], missing: list[Use], unread: list[Any]) -> dict[str, Any]:
    return {
        "files": len(files),
        "uses": len(uses),
        "missing": [
            {
                "name": use.name,
                "file": use.file,
                "line": use.line,
                "cell": use.cell,
                "advice": advice_for(use.name).strip(" :"),
            }
            for use in missing
        ],
        "unread": unread,
        "share": round(_share(uses, missing), 4),
    }
