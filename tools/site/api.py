"""Pages of the API reference: from the tables of public names to the docstrings of what they name."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

from sessile.lazy import expanded
from sessile.names import NAMES

from .docstrings import escaped, markdown

_ROOMS = (  # where a name of the top level is defined -> the page it is on
    (r"ops\.families\.(\w+)", r"\1"),
    (r"ops\.proto.*", "messages"),
    (r"ops\.library\.(\w+)", r"\1"),
    (r"session\..*", "sessions"),
    (r"ops\..*", "graphs"),
    (r"compiler\..*", "sessions"),
)
_ONE_SPACE = re.compile(r" object at 0x[0-9a-f]+")
_VALUES = (int, float, str, bytes, bool, tuple, list, type(None))


Bases = dict[type, str]  # classes that have an entry -> its name


class Entry(NamedTuple):
    """A public name.

    Args:
      name: in full, from `tf.` on.
      place: `module:attribute` of its definition.
      page: the page that describes it.
    """

    name: str
    place: str
    page: str


def pages() -> dict[str, str]:
    """Return path (without ending) and text of every page of the reference; under "", what lists them."""
    entries = _entries()
    owners: dict[str, Entry] = {}
    for entry in sorted(entries, key=_rank):
        owners.setdefault(entry.place, entry)
    described: dict[str, list[Entry]] = {}
    others: dict[str, list[Entry]] = {}
    for entry in entries:
        kind = described if owners[entry.place] is entry else others
        kind.setdefault(entry.page, []).append(entry)
    bases = {_value(entry): entry.name for entry in owners.values() if inspect.isclass(_value(entry))}
    texts = {
        f"docs/api/{page}": _page(page, described.get(page, []), others.get(page, []), owners, bases)
        for page in sorted({*described, *others})
    }
    return {"": _index(sorted(texts), entries), **texts}


def _entries() -> list[Entry]:
    found = []
    for namespace in NAMES:
        for name, place in expanded(namespace).items():
            if ":" not in place or name.startswith("_"):
                continue
            full = f"tf.{namespace}.{name}" if namespace else f"tf.{name}"
            found.append(Entry(full, place, namespace or _room(place)))
    return sorted(found)


def _room(place: str) -> str:
    module = place.partition(":")[0]
    for pattern, page in _ROOMS:
        match = re.match(pattern, module)
        if match is not None:
            return "tf-" + match.expand(page)
    return "tf-other"


def _rank(entry: Entry) -> tuple[bool, bool, int, int, str]:
    """The first of a definition's names describes it: none of contrib, the one it was given, the shortest."""
    renamed = _last(entry) != entry.place.rpartition(":")[2]
    return (entry.name.startswith("tf.contrib"), renamed, entry.name.count("."), len(entry.name), entry.name)


def _title(page: str) -> str:
    return f"tf: {page[3:].replace('_', ' ')}" if page.startswith("tf-") else f"tf.{page}"


def _index(texts: list[str], entries: list[Entry]) -> str:
    top = [path.removeprefix("docs/") for path in texts if path.startswith("docs/api/tf-")]
    rest = [path.removeprefix("docs/") for path in texts if not path.startswith("docs/api/tf-")]
    lines = [f"{len(entries):,} names.", ""]
    for caption, names in (("The top level", top), ("Modules", rest)):
        toc = [f"{_title(name[4:])} <{name}>" for name in names]
        lines += [f"## {caption}", "", "```{toctree}", ":maxdepth: 1", "", *toc, "```", ""]
    return "\n".join(lines)


def _page(page: str, described: list[Entry], others: list[Entry], owners: dict[str, Entry], bases: Bases) -> str:
    lines = [f"# {_title(page)}", ""]
    if others:
        lines += ["| another name | of |", "| --- | --- |"]
        for entry in others:
            owner = owners[entry.place]
            lines.append(f"| `{entry.name}` | {{py:obj}}`{owner.name}` |")
        lines.append("")
    if len(described) > 3:
        lines += [" · ".join(f"{{py:obj}}`{_last(entry)} <{entry.name}>`" for entry in described), ""]
    for entry in described:
        lines += [*_described(entry, bases), ""]
    return "\n".join(lines)


def _last(entry: Entry) -> str:
    return entry.name.rpartition(".")[2]


def _value(entry: Entry) -> Any:
    module, _, attribute = entry.place.partition(":")
    return getattr(importlib.import_module(f"sessile.{module}"), attribute)


def _described(entry: Entry, bases: Bases) -> Iterator[str]:
    value = _value(entry)
    if inspect.isclass(value) and hasattr(value, "DESCRIPTOR"):
        yield from _directive(
            "class", entry.name, "", [f"A message: its fields are those of TensorFlow's `{value.__name__}`."]
        )
    elif inspect.isclass(value):
        yield from _class(entry.name, value, bases)
    elif isinstance(value, ModuleType):
        yield from _directive("data", entry.name, "", ["A module."])
    elif isinstance(value, _VALUES) or not callable(value):
        yield from _directive("data", entry.name, "", [f"`{_short(value)}`"])
    else:
        yield from _directive("function", entry.name, signature(value), [markdown(value.__doc__ or "")])


def _short(value: Any) -> str:
    text = _ONE_SPACE.sub("", repr(value)).replace("`", "'").replace("\n", " ")
    return text if len(text) <= 100 else text[:100] + "..."


def _class(name: str, value: type, names: Bases) -> Iterator[str]:
    body = [markdown(value.__doc__ or "")]
    above = [f"{{py:obj}}`{names[base]}`" for base in value.__bases__ if base in names]
    if above:
        body += ["", f"**Base:** {', '.join(above)}", ""]
    for _, text in _members(value):
        body += text
    yield from _directive("class", name, signature(value), body, fence=5)


def _members(value: type) -> Iterator[tuple[str, list[str]]]:
    """Public methods and properties with docstrings, those of bases left to the bases' own entries."""
    for name, raw in sorted(vars(value).items()):
        if name.startswith("_"):
            continue
        inner = getattr(raw, "__func__", raw)
        if isinstance(raw, property):
            yield name, list(_directive("property", name, "", [markdown(raw.__doc__ or "")], fence=4))
        elif inspect.isfunction(inner) and inner.__doc__:
            bound = isinstance(raw, (staticmethod,))
            text = signature(inner, skip_first=not bound)
            yield name, list(_directive("method", name, text, [markdown(inner.__doc__)], fence=4))


def _directive(kind: str, name: str, arguments: str, body: list[str], fence: int = 5) -> Iterator[str]:
    marks = "`" * fence
    yield f"{marks}{{py:{kind}}} {name}{arguments}"
    yield ""
    yield from body
    yield marks


def signature(value: Any, skip_first: bool = False) -> str:
    """Return a callable's arguments with their defaults; without types, which the stubs tell."""
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return "(...)"
    parameters = list(found.parameters.values())[int(skip_first) :]
    shown = []
    kinds = [parameter.kind for parameter in parameters]
    for at, parameter in enumerate(parameters):
        if parameter.kind is parameter.KEYWORD_ONLY and not {parameter.VAR_POSITIONAL, parameter.KEYWORD_ONLY} & {
            *kinds[:at]
        }:
            shown.append("*")
        default = "" if parameter.default is parameter.empty else f"={_default(parameter.default)}"
        star = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        shown.append(f"{star}{parameter.name}{default}")
    return f"({', '.join(shown)})"


def _default(value: Any) -> str:
    if value is None or isinstance(value, (bool, int, float, str)):
        return "'...'" if "`" in str(value) else repr(value)  # a backtick would end the directive
    if isinstance(value, (tuple, list)) and all(isinstance(item, (int, float, str)) for item in value):
        return repr(value)
    name = getattr(value, "name", None) or getattr(value, "__name__", None)
    return name if isinstance(name, str) and name.isidentifier() else f"{type(value).__name__}()"


__all__ = ["Entry", "escaped", "pages", "signature"]
