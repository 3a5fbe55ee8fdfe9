"""The checks that absl's TestCase has beyond unittest's, which TensorFlow's class inherits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any


class MoreChecks:
    """Checks of containers, texts and numbers. Each takes `msg`, which is told if it fails."""

    def _fails(self, text: str, msg: Any) -> None:
        raise AssertionError(text if msg is None else f"{text} : {msg}")

    def assertEmpty(self, container: Any, msg: Any = None) -> None:
        """A container has no items."""
        if len(container):
            self._fails(f"{container!r} has length of {len(container)}.", msg)

    def assertNotEmpty(self, container: Any, msg: Any = None) -> None:
        """A container has items."""
        if not len(container):
            self._fails(f"{container!r} has length of 0.", msg)

    def assertLen(self, container: Any, expected_len: int, msg: Any = None) -> None:
        """A container has so many items."""
        if len(container) != expected_len:
            self._fails(f"{container!r} has length of {len(container)}, expected {expected_len}.", msg)

    def assertSameElements(self, expected_seq: Any, actual_seq: Any, msg: Any = None) -> None:
        """Two containers have the same items, however often."""
        missing = [item for item in expected_seq if item not in list(actual_seq)]
        further = [item for item in actual_seq if item not in list(expected_seq)]
        if missing or further:
            self._fails(f"Expected, but missing: {missing}; unexpected, but present: {further}", msg)

    def assertItemsEqual(self, expected_seq: Any, actual_seq: Any, msg: Any = None) -> None:
        """Two containers have the same items as often, in any order."""
        first, second = list(expected_seq), list(actual_seq)
        try:
            same = Counter(first) == Counter(second)
        except TypeError:  # items without a hash
            left = list(second)
            for item in first:
                if item in left:
                    left.remove(item)
            same = len(first) == len(second) and not left
        if not same:
            self._fails(f"Element counts were not equal: {first} and {second}", msg)

    def assertContainsSubset(self, expected_subset: Any, actual_set: Any, msg: Any = None) -> None:
        """A container has all of these items."""
        missing = set(expected_subset) - set(actual_set)
        if missing:
            self._fails(f"Missing elements {missing}; expected: {expected_subset}; actual: {actual_set}", msg)

    def assertNoCommonElements(self, expected_seq: Any, actual_seq: Any, msg: Any = None) -> None:
        """Two containers share no item."""
        common = set(expected_seq) & set(actual_seq)
        if common:
            self._fails(f"Common elements {common}; expected: {expected_seq}; actual: {actual_seq}", msg)

    def assertContainsInOrder(self, strings: Sequence[str], target: str, msg: Any = None) -> None:
        """A text has these parts one behind the other."""
        place = 0
        for part in [strings] if isinstance(strings, str) else strings:
            found = target.find(part, place)
            if found < 0:
                self._fails(f"Did not find {part!r} after position {place} in {target!r}", msg)
            place = found

    def assertContainsSubsequence(self, container: Any, subsequence: Any, msg: Any = None) -> None:
        """A container has these items in this order, others between them or not."""
        items = iter(container)
        missing = [item for item in subsequence if not any(item == each for each in items)]
        if missing:
            self._fails(f"{list(subsequence)} not a subsequence of {list(container)}: {missing[0]!r}", msg)

    def assertContainsExactSubsequence(self, container: Any, subsequence: Any, msg: Any = None) -> None:
        """A container has these items one directly behind the other."""
        whole, part = list(container), list(subsequence)
        if not any(whole[start : start + len(part)] == part for start in range(len(whole) - len(part) + 1)):
            self._fails(f"{part} not an exact subsequence of {whole}", msg)

    def assertBetween(self, value: Any, minv: Any, maxv: Any, msg: Any = None) -> None:
        """A value is not below the first nor above the second limit."""
        if not minv <= value <= maxv:
            self._fails(f"{value!r} unexpectedly not between {minv!r} and {maxv!r}", msg)

    def assertNotStartsWith(self, actual: Any, unexpected_start: Any, msg: Any = None) -> None:
        """A text does not begin so."""
        if actual.startswith(unexpected_start):
            self._fails(f"{actual!r} does start with {unexpected_start!r}", msg)

    def assertEndsWith(self, actual: Any, expected_end: Any, msg: Any = None) -> None:
        """A text ends so."""
        if not actual.endswith(expected_end):
            self._fails(f"{actual!r} does not end with {expected_end!r}", msg)

    def assertNotEndsWith(self, actual: Any, unexpected_end: Any, msg: Any = None) -> None:
        """A text does not end so."""
        if actual.endswith(unexpected_end):
            self._fails(f"{actual!r} does end with {unexpected_end!r}", msg)

    def assertSequenceStartsWith(self, prefix: Any, whole: Any, msg: Any = None) -> None:
        """A sequence begins with another one, or with an item."""
        first = [prefix] if isinstance(prefix, str) or not hasattr(prefix, "__len__") else list(prefix)
        if list(whole[: len(first)]) != first:
            self._fails(f"prefix: {first} not found at start of whole: {whole}", msg)

    def assertSequenceAlmostEqual(
        self, expected_seq: Any, actual_seq: Any, places: int | None = None, msg: Any = None, delta: float | None = None
    ) -> None:
        """Two sequences of numbers are as long and nearly equal, to so many places or by so much."""
        if len(expected_seq) != len(actual_seq):
            self._fails(f"Sequence size mismatch: {len(expected_seq)} vs {len(actual_seq)}", msg)
        allowed = delta if delta is not None else 0.5 * 10.0 ** -(7 if places is None else places)
        for place, (one, other) in enumerate(zip(expected_seq, actual_seq)):
            if one != other and not abs(one - other) <= allowed:
                self._fails(f"{one} != {other} within {allowed} at index {place}", msg)

    def assertTotallyOrdered(self, *groups: Any, **kwargs: Any) -> None:
        """Items of a group are equal, and less than those of the groups behind."""
        for place, group in enumerate(groups):
            later = [item for behind in groups[place + 1 :] for item in behind]
            for item in group:
                equal = all(item == other and not item < other for other in group)
                if not equal or not all(item < other and item != other and not item > other for other in later):
                    self._fails(f"{item!r} is not ordered in {groups!r}", kwargs.get("msg"))

    def assertRegexMatch(self, actual_str: Any, regexes: Any, message: Any = None) -> None:
        """A text matches one of several regular expressions somewhere."""
        import re

        if isinstance(regexes, str):
            self._fails("regexes is string or bytes; use assertRegex for it instead.", message)
        if not any(re.search(regex, actual_str) for regex in regexes):
            self._fails(f"{actual_str!r} does not match any of {list(regexes)!r}", message)

    def assertRaisesWithLiteralMatch(
        self, expected_exception: Any, expected_exception_message: str, callable_obj: Any = None, *args: Any,
        **kwargs: Any,
    ) -> Any:  # fmt: skip
        """An error of this class is raised, whose text is just this; a context if there is nothing to call."""
        import re

        context: Any = self.assertRaisesRegex(  # type: ignore[attr-defined]
            expected_exception, f"^{re.escape(expected_exception_message)}$"
        )
        if callable_obj is None:
            return context
        with context:
            callable_obj(*args, **kwargs)
        return None

    def assertSameStructure(self, a: Any, b: Any, aname: str = "a", bname: str = "b", msg: Any = None) -> None:
        """Two structures of dictionaries, lists and values are equal."""
        if a != b:
            self._fails(f"{aname} {a!r} and {bname} {b!r} are different", msg)

    def assertJsonEqual(self, first: str, second: str, msg: Any = None) -> None:
        """Two texts are the same JSON."""
        import json

        self.assertSameStructure(json.loads(first), json.loads(second), "first", "second", msg)

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """An array is of this type."""
        found = self._GetNdArray(target).dtype  # type: ignore[attr-defined]
        if found != expected_dtype:
            self._fails(f"Expected dtype {expected_dtype}, found {found}", None)

    def create_tempdir(self, name: str | None = None, cleanup: Any = None) -> Any:
        """Make a folder of the test, and return it: `full_path` is its name."""
        import os

        path = os.path.join(self.get_temp_dir(), name or f"folder{id(self)}")  # type: ignore[attr-defined]
        os.makedirs(path, exist_ok=True)
        return TemporaryPath(path)

    def create_tempfile(
        self, file_path: str | None = None, content: Any = None, mode: str = "w", encoding: str = "utf8",
        errors: str = "strict", cleanup: Any = None,
    ) -> Any:  # fmt: skip
        """Make a file of the test with this content, and return it: `full_path` is its name."""
        import os

        path = os.path.join(self.get_temp_dir(), file_path or f"file{id(self)}")  # type: ignore[attr-defined]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        is_binary = isinstance(content, bytes)
        with open(path, "wb" if is_binary else "w", encoding=None if is_binary else encoding) as file:
            file.write(content if content is not None else "")
        return TemporaryPath(path)


class TemporaryPath:
    """A file or folder of a test; `full_path` is its name, and so is it itself where a path is wanted."""

    def __init__(self, full_path: str) -> None:
        self.full_path = full_path

    def __fspath__(self) -> str:
        return self.full_path

    def read_text(self, encoding: str = "utf8", errors: str = "strict") -> str:
        """The file's text."""
        with open(self.full_path, encoding=encoding, errors=errors) as file:
            return file.read()
