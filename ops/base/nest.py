"""Structures: nested lists, tuples, dictionaries, named tuples and attrs classes, with anything at their leaves.

Dictionaries are walked in the order of their sorted keys, whatever order they were filled in. Strings, bytes, arrays,
tensors and sets are leaves. A *composite* is an object made of several tensors (a SparseTensor): a leaf, unless
`expand_composites` is true. It has two methods: `_nest_components()` returns the list of its parts, and
`_nest_rebuild(components)` returns an object like it made of other parts.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, MappingView, Sequence
from typing import Any, Final

_LEAF: Final = 0
_SEQUENCE: Final = 1
_NAMEDTUPLE: Final = 2
_MAPPING: Final = 3
_ATTRS: Final = 4
_VIEW: Final = 5
_COMPOSITE: Final = 6

_KINDS: dict[type, int] = {list: _SEQUENCE, tuple: _SEQUENCE, dict: _MAPPING, str: _LEAF, bytes: _LEAF}
_MOST_KINDS = 4096  # types made on the fly must not fill the memory


def _kind_of(value: Any) -> int:
    cls = type(value)
    found = _KINDS.get(cls)
    if found is None:
        if len(_KINDS) > _MOST_KINDS:
            _KINDS.clear()
        found = _KINDS[cls] = _classify(cls)
    return found


def _classify(cls: type) -> int:
    if hasattr(cls, "_nest_components"):
        return _COMPOSITE
    if issubclass(cls, (str, bytes)):
        return _LEAF
    if issubclass(cls, tuple) and _has_fields(cls):
        return _NAMEDTUPLE
    if issubclass(cls, Mapping):
        return _MAPPING
    if issubclass(cls, MappingView):
        return _VIEW
    if hasattr(cls, "__attrs_attrs__"):
        return _ATTRS
    return _SEQUENCE if issubclass(cls, Sequence) else _LEAF


def _has_fields(cls: Any) -> bool:
    fields = getattr(cls, "_fields", None)
    return isinstance(fields, Sequence) and all(isinstance(field, str) for field in fields)


def _nested_kind(value: Any, expand_composites: bool) -> int:
    """The kind of a value, where a composite that is not to be expanded is a leaf."""
    kind = _kind_of(value)
    return _LEAF if kind == _COMPOSITE and not expand_composites else kind


def is_nested(seq: Any) -> bool:
    """Return whether `seq` has parts: a sequence (no string), mapping, named tuple or attrs object."""
    return _nested_kind(seq, False) != _LEAF


is_sequence = is_nested


def is_nested_or_composite(structure: Any) -> bool:
    """Return whether `structure` has parts, counting those of a composite."""
    return _kind_of(structure) != _LEAF


is_sequence_or_composite = is_nested_or_composite


def is_mapping(structure: Any) -> bool:
    """Return whether `structure` is a mapping."""
    return isinstance(structure, Mapping)


def is_attrs(structure: Any) -> bool:
    """Return whether `structure` is an object of an attrs class."""
    return hasattr(type(structure), "__attrs_attrs__")


def is_namedtuple(structure: Any, strict: bool = False) -> bool:
    """Return whether `structure` is a named tuple; with `strict`, not one of a class derived from it."""
    cls = type(structure)
    return isinstance(structure, tuple) and _has_fields(cls) and (not strict or cls.__base__ is tuple)


def same_namedtuples(first: Any, second: Any) -> bool:
    """Return whether two named tuples have classes of one name with the same fields."""
    return type(first).__name__ == type(second).__name__ and first._fields == second._fields


def _sorted_keys(mapping: Any) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError as error:
        raise TypeError(f"nest only supports dicts with sortable keys: {error}") from None


def _children(value: Any, kind: int) -> Any:
    """The parts of a structure, in order."""
    if kind in (_SEQUENCE, _NAMEDTUPLE, _VIEW):
        return value
    if kind == _MAPPING:
        return [value[key] for key in _sorted_keys(value)]
    if kind == _ATTRS:
        return [getattr(value, field.name) for field in type(value).__attrs_attrs__]
    return value._nest_components()


def _items(value: Any, kind: int) -> list[tuple[Any, Any]]:
    """The parts of a structure with what leads to them: indices, keys, or names of fields."""
    if kind == _MAPPING:
        return [(key, value[key]) for key in _sorted_keys(value)]
    if kind == _NAMEDTUPLE:
        return list(zip(value._fields, value))
    if kind == _ATTRS:
        return [(field.name, getattr(value, field.name)) for field in type(value).__attrs_attrs__]
    if kind == _COMPOSITE:
        return [(type(value).__name__, list(value._nest_components()))]
    return list(enumerate(value))


def _rebuild(like: Any, kind: int, parts: list[Any]) -> Any:
    """A structure of the type of `like` with other parts, given in the order of `_children`."""
    cls = type(like)
    if cls is list or kind == _VIEW or cls is range:
        return parts
    if cls is tuple:
        return tuple(parts)
    if kind in (_NAMEDTUPLE, _ATTRS):
        return cls(*parts)
    if kind == _MAPPING:
        return _rebuild_mapping(like, dict(zip(_sorted_keys(like), parts)))
    if kind == _COMPOSITE:
        return like._nest_rebuild(parts)
    if isinstance(like, deque):
        return cls(parts, like.maxlen)
    return cls(parts)


def _rebuild_mapping(like: Any, parts: dict[Any, Any]) -> Any:
    cls = type(like)
    ordered = [(key, parts[key]) for key in like]  # keeps the order the original was filled in
    if isinstance(like, defaultdict):
        result = cls(like.default_factory)
        result.update(ordered)
        return result
    try:
        return cls(ordered)
    except Exception as error:
        raise TypeError(
            f"Error creating an object of type {cls} like {like}. Note that it must accept a single positional "
            f"argument representing an iterable of key-value pairs, in addition to self. Cause: {error}"
        ) from error


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """Return the leaves of a structure as a list; a leaf alone gives a list of itself.

    Args:
      structure: anything.
      expand_composites: whether composites are taken apart.
    Raises: TypeError if the keys of a dictionary cannot be sorted.

    >>> flatten({"b": 1, "a": [2, (3,)]})
    [2, 3, 1]
    """
    kind = _nested_kind(structure, expand_composites)
    if kind == _LEAF:
        return [structure]
    result: list[Any] = []
    _flatten_into(structure, kind, expand_composites, result)
    return result


def _flatten_into(structure: Any, kind: int, expand: bool, result: list[Any]) -> None:
    for child in _children(structure, kind):
        child_kind = _kind_of(child)
        if child_kind == _LEAF or (child_kind == _COMPOSITE and not expand):
            result.append(child)
        else:
            _flatten_into(child, child_kind, expand, result)


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """Return a structure like `structure` with the items of `flat_sequence` as its leaves.

    Args:
      structure: the pattern; its leaves are not looked at.
      flat_sequence: as many items as `flatten(structure)` has.
      expand_composites: whether composites of the pattern are rebuilt from their parts.
    Raises: TypeError if `flat_sequence` is no sequence, ValueError if it has another number of items.

    >>> pack_sequence_as({"b": 0, "a": [0]}, [1, 2])
    {'b': 2, 'a': [1]}
    """
    if not is_nested(flat_sequence):
        raise TypeError(
            f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found incompatible type "
            f"`{type(flat_sequence)}` instead."
        )
    items = flatten_once(flat_sequence)
    kind = _nested_kind(structure, expand_composites)
    if kind == _LEAF:
        if len(items) != 1:
            raise ValueError(
                f"The target structure is of type `{type(structure)}`\n  {structure}\nHowever the input is a sequence "
                f"({type(flat_sequence)}) of length {len(items)}.\n  {flat_sequence}\nnest cannot guarantee that it "
                "is safe to map one to the other."
            )
        return items[0]
    try:
        result, used = _pack(structure, kind, items, 0, expand_composites)
    except IndexError:
        used = -1
    if used != len(items):
        count = len(flatten(structure, expand_composites))
        raise ValueError(
            f"Could not pack sequence. Structure had {count} atoms, but flat_sequence had {len(items)} items.  "
            f"Structure: {structure}, flat_sequence: {flat_sequence}."
        )
    return result


def flatten_once(sequence: Any) -> list[Any]:
    """Return the parts of a structure, which may be structures themselves."""
    return list(_children(sequence, _kind_of(sequence)))


def _pack(structure: Any, kind: int, items: list[Any], at: int, expand: bool) -> tuple[Any, int]:
    parts = []
    for child in _children(structure, kind):
        child_kind = _kind_of(child)
        if child_kind == _LEAF or (child_kind == _COMPOSITE and not expand):
            parts.append(items[at])
            at += 1
        else:
            part, at = _pack(child, child_kind, items, at, expand)
            parts.append(part)
    return _rebuild(structure, kind, parts), at


def map_structure(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """Call `func` on the corresponding leaves of one or several structures; return the results in that structure.

    Args:
      func: takes as many arguments as there are structures.
      structure: structures that are all alike.
      check_types: (keyword) whether the types of sequences must be the same too; default True.
      expand_composites: (keyword) whether composites are taken apart and rebuilt.
    Raises: TypeError if `func` cannot be called or types differ, ValueError if structures differ or there is none.

    >>> map_structure(lambda x, y: x + y, {"a": [1, 2]}, {"a": [3, 4]})
    {'a': [4, 6]}
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    check_types = kwargs.pop("check_types", True)
    expand = kwargs.pop("expand_composites", False)
    if kwargs:
        unknown = "`, `".join(kwargs)
        raise ValueError(f"Only valid keyword arguments are `check_types` and `expand_composites`, not: `{unknown}`")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types=check_types, expand_composites=expand)
    leaves = [flatten(one, expand) for one in structure]
    return pack_sequence_as(structure[0], [func(*row) for row in zip(*leaves)], expand)


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False) -> None:
    """Raise an error unless two structures have the same nesting.

    Args:
      nest1, nest2: the structures.
      check_types: whether types of sequences and keys of dictionaries must agree too. Any two mapping types agree, as
        do list types, and named tuples of one name with the same fields.
      expand_composites: whether composites are taken apart.
    Raises: ValueError if nesting, lengths or keys differ, TypeError if types do.
    """
    try:
        _check_same(nest1, nest2, check_types, expand_composites)
    except (_ValueMismatchError, _TypeMismatchError) as found:
        error = ValueError if isinstance(found, _ValueMismatchError) else TypeError
        raise error(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {_typed(nest1)}\n\nSecond structure: {_typed(nest2)}\n\nMore specifically: {found}\n"
            f"Entire first structure:\n{_outline(nest1)}\nEntire second structure:\n{_outline(nest2)}"
        ) from None


class _ValueMismatchError(Exception):
    pass


class _TypeMismatchError(Exception):
    pass


def _typed(value: Any) -> str:
    return f"type={type(value).__name__} str={value}"


def _outline(structure: Any) -> str:
    """The structure printed with a dot for each leaf."""

    class Dot:
        def __repr__(self) -> str:
            return "."

    return str(map_structure(lambda _: Dot(), structure))


def _check_same(first: Any, second: Any, check_types: bool, expand: bool) -> None:
    kind, other = _nested_kind(first, expand), _nested_kind(second, expand)
    if (kind == _LEAF) != (other == _LEAF):
        nested, leaf = (second, first) if kind == _LEAF else (first, second)
        raise _ValueMismatchError(
            f'Substructure "{_typed(nested)}" is a sequence, while substructure "{_typed(leaf)}" is not'
        )
    if kind == _LEAF:
        return
    if check_types:
        _check_same_type(first, second, kind, other)
    parts, others = list(_children(first, kind)), list(_children(second, other))
    if len(parts) != len(others):
        raise _ValueMismatchError(
            f"The two structures don't have the same number of elements. First structure: {_typed(first)}. "
            f"Second structure: {_typed(second)}"
        )
    for part, other_part in zip(parts, others):
        _check_same(part, other_part, check_types, expand)


def _check_same_type(first: Any, second: Any, kind: int, other: int) -> None:
    if kind == other == _MAPPING:
        keys, other_keys = _sorted_keys(first), _sorted_keys(second)
        if keys != other_keys:
            raise _ValueMismatchError(
                f"The two dictionaries don't have the same set of keys. First structure has keys {_typed(keys)}, "
                f"while second structure has keys {_typed(other_keys)}"
            )
        return
    if kind == other == _COMPOSITE and type(first) is not type(second):
        raise _ValueMismatchError(f"Incompatible composites: {_typed(first)} vs. {_typed(second)}")
    if type(first) is type(second) or (isinstance(first, list) and isinstance(second, list)):
        return
    if kind == other == _NAMEDTUPLE and same_namedtuples(first, second):
        return
    raise _TypeMismatchError(
        f"The two structures don't have the same sequence type. First structure {_typed(first)} has type "
        f"{type(first).__name__}, while second structure {_typed(second)} has type {type(second).__name__}"
    )


def list_to_tuple(structure: Any) -> Any:
    """Return the structure with every list replaced by a tuple."""
    kind = _nested_kind(structure, False)
    if kind == _LEAF:
        return structure
    parts = [list_to_tuple(child) for child in _children(structure, kind)]
    return tuple(parts) if isinstance(structure, list) else _rebuild(structure, kind, parts)


def flatten_dict_items(dictionary: Any) -> dict[Any, Any]:
    """Return a dictionary whose structured keys are replaced by their leaves, and so their values.

    Raises: TypeError if it is no dictionary, ValueError if a key and its value differ or a leaf comes twice.

    >>> flatten_dict_items({(4, 5): ("a", "b"), 3: "x"})
    {4: 'a', 5: 'b', 3: 'x'}
    """
    if not isinstance(dictionary, Mapping):
        raise TypeError(f"'dictionary' must be a dictionary or mapping, instead of '{type(dictionary).__name__}'.")
    result: dict[Any, Any] = {}
    for key, value in dictionary.items():
        keys = flatten(key)
        values = flatten(value) if is_nested(key) else [value]
        if len(keys) != len(values):
            raise ValueError(
                f"Could not flatten dictionary. Key had {len(keys)} elements, but value had {len(values)} elements. "
                f"Key: {keys}, value: {values}."
            )
        for one, item in zip(keys, values):
            if one in result:
                raise ValueError(f"Cannot flatten dict because this key is not unique: {one}")
            result[one] = item
    return result


def _paths(structure: Any, expand: bool, prefix: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    kind = _nested_kind(structure, expand)
    if kind == _LEAF:
        yield prefix, structure
        return
    for key, child in _items(structure, kind):
        yield from _paths(child, expand, (*prefix, key))
