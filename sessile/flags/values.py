"""FlagValues: what flags there are, what the command line says of them, and their values as attributes."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final


class Error(Exception):
    """The base of the errors of flags."""


class UnrecognizedFlagError(Error, AttributeError):
    """A flag that is not defined was given or asked for."""

    def __init__(self, name: str, known: Iterable[str] = ()) -> None:
        near = difflib.get_close_matches(name, list(known), cutoff=0.8)
        super().__init__(f"Unknown command line flag '{name}'{f'. Did you mean: {near[0]} ?' if near else ''}")
        self.flagname = name


class IllegalFlagValueError(Error):
    """A flag was given a value that it does not take."""


class DuplicateFlagError(Error):
    """A flag was defined twice."""


class ValidationError(Error):
    """A validator refused a value."""


class Flag:
    """One flag.

    Attributes:
      name, default, help: as it was defined; the default is parsed.
      value: the present value.
      present: how often the command line gave it.
      place: the file that defined it.
    """

    is_boolean = False

    def __init__(self, name: str, default: Any, help: str, parse: Callable[[Any], Any], place: tuple[str, int]) -> None:
        self.name = name
        self.help = help
        self.parse = parse
        self.place = place
        self.present = 0
        self.value: Any = None if default is None else self.read(default)
        self.default: Any = self.value
        self.validators: list[tuple[Callable[[Any], Any], str]] = []

    def read(self, text: Any) -> Any:
        """Return the value that a text, or a default, stands for. Raises: IllegalFlagValueError."""
        try:
            return self.parse(text)
        except (TypeError, ValueError) as error:
            raise IllegalFlagValueError(f"flag --{self.name}={text}: {error}") from None

    def given(self, text: str) -> None:
        """Take a value of the command line."""
        self.value = self.read(text)
        self.present += 1

    def check(self) -> None:
        """Raises: IllegalFlagValueError if a validator refuses the value."""
        for validator, message in self.validators:
            try:
                fits = validator(self.value)
            except ValidationError as error:
                fits, message = False, str(error)
            if not fits:
                raise IllegalFlagValueError(f"flag --{self.name}={self.value}: {message}")


class BooleanFlag(Flag):
    """A flag that is given as `--name`, `--noname` or `--name=true`."""

    is_boolean = True


class MultiFlag(Flag):
    """A flag that may be given several times; its value is a list."""

    def read(self, text: Any) -> Any:
        """A list of values, of one or several."""
        items = text if isinstance(text, (list, tuple)) else [text]
        return [super(MultiFlag, self).read(item) for item in items]

    def given(self, text: str) -> None:
        """The first value takes the place of the default."""
        read: list[Any] = self.read(text)
        self.value = self.value + read if self.present else read
        self.present += 1


class FlagValues:
    """Flags and their values: `FLAGS.name` is the value, `FLAGS["name"]` the flag, `FLAGS(argv)` parses.

    The command line is parsed when a value is first asked for.
    """

    def __init__(self) -> None:
        self.__dict__["__flags"] = {}
        self.__dict__["__parsed"] = False

    def _flags(self) -> dict[str, Flag]:
        flags: dict[str, Flag] = self.__dict__["__flags"]
        return flags

    def is_parsed(self) -> bool:
        """Whether the command line has been parsed."""
        parsed: bool = self.__dict__["__parsed"]
        return parsed

    def mark_as_parsed(self) -> None:
        """Take the values as they are from now on."""
        self.__dict__["__parsed"] = True

    def unparse_flags(self) -> None:
        """Forget what was parsed; the next use parses again."""
        for flag in self._flags().values():
            flag.value, flag.present = flag.default, 0
        self.__dict__["__parsed"] = False

    def __getattr__(self, name: str) -> Any:
        flag = self._flags().get(name)
        if flag is None:
            if name.startswith("__"):
                raise AttributeError(name)
            raise UnrecognizedFlagError(name, self._flags())
        if not self.is_parsed():
            self(sys.argv)
        return flag.value

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._flags():
            raise UnrecognizedFlagError(name, self._flags())
        flag = self._flags()[name]
        flag.value = value
        flag.present += 1
        flag.check()

    def __delattr__(self, name: str) -> None:
        if name not in self._flags():
            raise AttributeError(name)
        del self._flags()[name]

    def __getitem__(self, name: str) -> Flag:
        return self._flags()[name]

    def __setitem__(self, name: str, flag: Flag) -> None:
        known = self._flags().get(name)
        if known is not None and known is not flag and known.place != flag.place:
            raise DuplicateFlagError(
                f"The flag '{name}' is defined twice. First from {known.place[0]}, Second from {flag.place[0]}.  "
                f"Description from first occurrence: {known.help}"
            )
        self._flags()[name] = flag

    def __iter__(self) -> Iterator[str]:
        return iter(self._flags())

    def __len__(self) -> int:
        return len(self._flags())

    def __contains__(self, name: object) -> bool:
        return name in self._flags()

    def __dir__(self) -> list[str]:
        return sorted(self._flags())

    def flag_values_dict(self) -> dict[str, Any]:
        """Return the values by name."""
        return {name: flag.value for name, flag in self._flags().items()}

    def set_default(self, name: str, value: Any) -> None:
        """Change the default of a flag, and its value unless it was given."""
        flag = self._flags().get(name)
        if flag is None:
            raise UnrecognizedFlagError(name, self._flags())
        flag.default = None if value is None else flag.read(value)
        if not flag.present:
            flag.value = flag.default
        if self.is_parsed():
            flag.check()

    def get_help(self) -> str:
        """Return the text that `--help` prints: the flags by the file that defines them."""
        lines = []
        for place in dict.fromkeys(flag.place[0] for flag in self._flags().values()):
            lines.append(f"\n{place}:")
            for name, flag in sorted(self._flags().items()):
                if flag.place[0] == place:
                    lines.append(f"  --{'[no]' if flag.is_boolean else ''}{name}: {flag.help}")
                    lines.append(f"    (default: {'none' if flag.default is None else repr(_text(flag.default))})")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.get_help()

    def __call__(self, argv: Sequence[str], known_only: bool = False) -> list[str]:
        """Parse a command line; returns the program's name and what is no flag.

        Args:
          argv: the program's name, then its arguments.
          known_only: whether flags that are not defined are returned too, rather than an error.
        Raises: UnrecognizedFlagError, IllegalFlagValueError; Error for a flag without its value.
        """
        if isinstance(argv, (str, bytes)):
            raise TypeError("argv should be a tuple/list of strings, not bytes or string.")
        if not argv:
            raise ValueError("argv cannot be an empty list, and must contain the program name as the first element.")
        rest = [argv[0]]
        waiting = list(argv[1:])
        while waiting:
            word = waiting.pop(0)
            if word == "--":
                rest += waiting
                break
            if word.startswith("-") and word != "-":
                if not self._take(word, waiting, known_only):
                    rest.append(word)
            else:
                rest.append(word)
        self.mark_as_parsed()
        for flag in self._flags().values():
            flag.check()
        return rest

    def _take(self, word: str, waiting: list[str], known_only: bool) -> bool:
        """Take one flag, and its value from the words after it; returns whether it is one of ours."""
        name, equals, text = word.lstrip("-").partition("=")
        flag = self._flags().get(name)
        if flag is None and name.startswith("no"):
            negated = self._flags().get(name[2:])
            if negated is not None and negated.is_boolean:
                if equals:
                    raise ValueError(f"{word} does not take an argument")
                negated.given("false")
                return True
        if flag is None:
            if known_only:
                return False
            raise UnrecognizedFlagError(name, self._flags())
        if not equals and flag.is_boolean:
            text = "true"
        elif not equals:
            if not waiting:
                raise Error(f"Missing value for flag {word}")
            text = waiting.pop(0)
        flag.given(text)
        return True

    def _parse_flags(self, args: Sequence[str] | None = None) -> list[str]:
        """TensorFlow's before 1.5: parse now; returns what is no flag."""
        return self(sys.argv if args is None else ["", *args], known_only=True)[1:]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


FLAGS: Final = FlagValues()
