"""`tf.app.flags` without absl-py: what the small version does is what TensorFlow 1.15 did with the same lines.

With absl-py installed the flags are absl's; these tests load the small version whatever is installed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sessile as tf
from sessile.flags import define
from sessile.flags.values import FlagValues


@pytest.fixture
def flags() -> Any:
    """Fresh flags with one of each kind."""
    values = FlagValues()
    define.DEFINE_integer("alpha", 1, "the first", flag_values=values)
    define.DEFINE_string("s", "x", "a text", flag_values=values)
    define.DEFINE_float("f", 0.5, "a number", flag_values=values)
    define.DEFINE_boolean("b", False, "off", flag_values=values)
    define.DEFINE_bool("c", True, "on", flag_values=values)
    define.DEFINE_enum("e", "a", ["a", "b"], "a word", flag_values=values)
    define.DEFINE_list("l", "a,b", "words", flag_values=values)
    return values


def test_values_come_from_the_command_line(flags: Any) -> None:
    assert flags(["p", "--b", "--noc", "k", "--alpha", "5", "-s=t", "--f=1e3", '--l=a,b c,"d,e"']) == ["p", "k"]
    assert (flags.b, flags.c, flags.alpha, flags.s, flags.f, flags.l) == (True, False, 5, "t", 1e3, ["a", "b c", "d,e"])
    assert flags(["p", "--alpha=0x10", "--", "--x"]) == ["p", "--x"]
    assert flags.alpha == 16 and flags["alpha"].value == 16


def test_the_first_access_parses(flags: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs read flags without `tf.app.run`."""
    monkeypatch.setattr(sys, "argv", ["p", "--alpha=3"])
    assert not flags.is_parsed()
    assert flags.alpha == 3 and flags.is_parsed()
    flags.unparse_flags()
    monkeypatch.setattr(sys, "argv", ["p", "--unknown"])
    with pytest.raises(AttributeError, match="Unknown command line flag 'unknown'"):
        _ = flags.alpha


def test_flags_that_are_not_defined_stay(flags: Any) -> None:
    assert flags(["p", "--zzz", "--alpha", "7", "q"], known_only=True) == ["p", "--zzz", "q"]
    assert flags.alpha == 7


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--alpha=z"], "flag --alpha=z: invalid literal for int"),
        (["--e", "q"], r"flag --e=q: value should be one of <a\|b>"),
        (["--b=7"], r"flag --b=7: \('Non-boolean argument to boolean flag', '7'\)"),
        (["--alpha"], "Missing value for flag --alpha"),
        (["--alph=3"], r"Unknown command line flag 'alph'. Did you mean: alpha \?"),
        (["--nob=1"], "--nob=1 does not take an argument"),
    ],
)
def test_what_is_wrong_is_told(flags: Any, arguments: list[str], words: str) -> None:
    with pytest.raises((define.Error, ValueError), match=words):
        flags(["p", *arguments])


def test_assignment_and_the_dictionary(flags: Any) -> None:
    flags.mark_as_parsed()
    flags.alpha = "x"
    assert flags.flag_values_dict()["alpha"] == flags.alpha == "x"
    with pytest.raises(AttributeError, match="Unknown command line flag 'nope'"):
        flags.nope = 3
    assert "s" in flags and "nope" not in flags
    assert len(flags) == len(list(flags)) == 7
    assert getattr(flags, "__flags")["s"].value == "x"


def test_old_argument_names_and_duplicates(flags: Any) -> None:
    define.DEFINE_string(flag_name="old", default_value=None, docstring="text", flag_values=flags)
    assert flags["old"].value is None and flags["old"].help == "text"
    with pytest.raises(define.DuplicateFlagError, match="The flag 'old' is defined twice"):
        define.DEFINE_string("old", None, "again", flag_values=flags)


def test_validators(flags: Any) -> None:
    define.mark_flag_as_required("s", flags)
    define.register_validator("alpha", lambda value: value > 0, "is positive", flags)
    with pytest.raises(define.IllegalFlagValueError, match="flag --alpha=-1: is positive"):
        flags(["p", "--alpha=-1"])


SCRIPT = """
import sys
sys.modules["absl"] = None
import sessile as tf
tf.app.flags.DEFINE_integer("n", 1, "how many")
FLAGS = tf.flags.FLAGS
def main(argv):
    print(FLAGS.n, argv[1:])
    return 3
if __name__ == "__main__":
    tf.app.run(main)
"""


@pytest.mark.parametrize(
    ("arguments", "code", "out", "err"),
    [
        (["--n=2", "--other", "x"], 3, "2 ['--other', 'x']\n", ""),
        (["--n=a"], 1, "", "FATAL Flags parsing error:\n  flag --n=a: invalid literal for int() with base 10: 'a'"),
        (["--help"], 1, "--n: how many", ""),
    ],
)
def test_a_script_is_run_with_its_flags(tmp_path: Path, arguments: list[str], code: int, out: str, err: str) -> None:
    """`main` gets what is no flag of the program."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == code and out in done.stdout and err in done.stderr


def test_both_places_are_one_module() -> None:
    assert tf.flags is tf.app.flags
    assert hasattr(tf.flags, "FLAGS") and hasattr(tf.flags, "DEFINE_string") and "DEFINE_float" in dir(tf.flags)


def test_absls_flags_are_used_where_they_are(tmp_path: Path) -> None:
    """With what TensorFlow adds: parsing at the first access, the old argument names."""
    pytest.importorskip("absl.flags")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.replace('sys.modules["absl"] = None', "from absl import flags"))
    done = subprocess.run([sys.executable, str(script), "--n=2", "x"], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (3, "2 ['x']\n")
