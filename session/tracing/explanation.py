"""What `Session.explain` returns: a text, which a notebook shows with its parts folded."""

from __future__ import annotations

import re

_SOURCE = re.compile(r"^# group (\S+?):", re.MULTILINE)


class Explanation(str):
    """The text of a step's plan, the source of its groups, the guards and memory of its variants.

    It is a string in all respects; beside that its parts can be had one by one.
    """

    __slots__ = ()

    @property
    def plan(self) -> str:
        """The instructions, those that are one loop in groups."""
        return str(self[: self._starts[0]] if self._starts else self).rstrip()

    @property
    def groups(self) -> dict[str, str]:
        """The generated source of each group, by its number."""
        ends = [*self._starts[1:], len(self)]
        parts = [str(self[start:end]) for start, end in zip(self._starts, ends)]
        found = {}
        for part in parts:
            match = _SOURCE.match(part)
            assert match is not None
            found[match.group(1)] = re.split(r"\n\n(?!    )", part)[0].rstrip()
        return found

    @property
    def _starts(self) -> list[int]:
        return [match.start() for match in _SOURCE.finditer(self)]

    def _repr_html_(self) -> str:
        """For notebooks: the plan, and folded the source of each group and all the rest."""
        from html import escape  # a notebook has it; a program need not

        groups = self.groups
        count = sum(line.lstrip().startswith("%") for line in self.plan.splitlines())
        parts = [
            f"<details open><summary>{count} instructions, {len(groups)} groups</summary>{_code(self.plan)}</details>"
        ]
        parts += [
            f"<details><summary>source of group {escape(number)}</summary>{_code(source)}</details>"
            for number, source in groups.items()
        ]
        rest = str(self)
        for part in (self.plan, *groups.values()):
            rest = rest.replace(part, "", 1)
        if rest.strip():
            parts.append(f"<details><summary>variants and memory</summary>{_code(rest.strip())}</details>")
        return f'<div class="sessile-plan">{"".join(parts)}</div>'


def _code(text: str) -> str:
    from html import escape

    return f"<pre>{escape(text)}</pre>"
