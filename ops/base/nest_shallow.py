"""Structures walked down to the depth of another, shallower structure; and paths to leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .nest import (
    _COMPOSITE,
    _LEAF,
    _MAPPING,
    _NAMEDTUPLE,
    _children,
    _items,
    _nested_kind,
    _paths,
    _rebuild,
    flatten,
    is_nested_or_composite,
    map_structure,
    pack_sequence_as,
    same_namedtuples,
)


def yield_flat_paths(nest: Any, expand_composites: bool = False) -> Iterator[tuple[Any, ...]]:
    """Yield for each leaf the tuple of indices, keys and field names that leads to it."""
    for path, _ in _paths(nest, expand_composites):
        yield path


def flatten_with_tuple_paths(structure: Any, expand_composites: bool = False) -> list[tuple[tuple[Any, ...], Any]]:
    """Return `(path, leaf)` of every leaf; a path is a tuple of indices, keys and field names."""
    return list(_paths(structure, expand_composites))


def flatten_with_joined_string_paths(
    structure: Any, separator: str = "/", expand_composites: bool = False
) -> list[tuple[str, Any]]:
    """Return `(path, leaf)` of every leaf; a path is a string such as `a/0/b`.

    >>> flatten_with_joined_string_paths({"a": [1, {"c": 2}]})
    [('a/0', 1), ('a/1/c', 2)]
    """
    return [(separator.join(map(str, path)), leaf) for path, leaf in _paths(structure, expand_composites)]


def assert_shallow_structure(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Raise an error unless `input_tree` has the structure of `shallow_tree`, and maybe more below its leaves.

    Args:
      shallow_tree, input_tree: the structures.
      check_types: whether the types of sequences must agree.
      expand_composites: whether composites are taken apart.
    Raises: TypeError if a type differs or a sequence is missing, ValueError if lengths or keys differ.
    """
    for _ in _walk(shallow_tree, input_tree, check_types, expand_composites, ()):
        pass


def _walk(
    shallow: Any, deep: Any, check_types: bool, expand: bool, path: tuple[Any, ...]
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield `(path, substructure)` of `deep` at each leaf of `shallow`, checking on the way."""
    kind = _nested_kind(shallow, expand)
    if kind == _LEAF:
        yield path, deep
        return
    other = _nested_kind(deep, expand)
    _check_shallow(shallow, deep, kind, other, check_types)
    if kind == _MAPPING:
        pairs = [(key, child, deep[key]) for key, child in _items(shallow, kind)]
    else:
        below = _children(deep, other) if kind != _COMPOSITE else [list(_children(deep, other))]
        pairs = [(key, child, part) for (key, child), part in zip(_items(shallow, kind), below)]
    for key, child, part in pairs:
        yield from _walk(child, part, check_types, expand, (*path, key))


def _check_shallow(shallow: Any, deep: Any, kind: int, other: int, check_types: bool) -> None:
    if other == _LEAF:
        raise TypeError(
            f"If shallow structure is a sequence, input must also be a sequence. Input has type: {type(deep)}."
        )
    if check_types and not _types_agree(shallow, deep, kind, other):
        raise TypeError(
            "The two structures don't have the same sequence type. "
            f"Input structure has type {type(deep)}, while shallow structure has type {type(shallow)}."
        )
    count, wanted = len(list(_children(deep, other))), len(list(_children(shallow, kind)))
    if count != wanted:
        raise ValueError(
            "The two structures don't have the same sequence length. "
            f"Input structure has length {count}, while shallow structure has length {wanted}."
        )
    if kind == _MAPPING:
        missing = [key for key in shallow if other != _MAPPING or key not in deep]
        if missing:
            raise ValueError(
                "The shallow_tree's keys are not a subset of the input_tree's keys. The shallow_tree has the "
                f"following keys that are not in the input_tree: {sorted(missing)}."
            )


def _types_agree(shallow: Any, deep: Any, kind: int, other: int) -> bool:
    if isinstance(deep, type(shallow)) or kind == other == _MAPPING:
        return True
    return kind == other == _NAMEDTUPLE and same_namedtuples(shallow, deep)


def yield_flattened_up_to(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> Iterator[Any]:
    """Yield what `input_tree` has at each leaf of `shallow_tree`. See `flatten_up_to`."""
    for _, part in _walk(shallow_tree, input_tree, check_types, expand_composites, ()):
        yield part


def flatten_up_to(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> list[Any]:
    """Return what `input_tree` has at each leaf of `shallow_tree`.

    Raises: TypeError or ValueError as `assert_shallow_structure` does.

    >>> flatten_up_to([0, 0], [[1], [2, 3]])
    [[1], [2, 3]]
    """
    return list(yield_flattened_up_to(shallow_tree, input_tree, check_types, expand_composites))


def flatten_with_tuple_paths_up_to(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> list[tuple[tuple[Any, ...], Any]]:
    """Like `flatten_up_to`, each with the path that leads there."""
    return list(_walk(shallow_tree, input_tree, check_types, expand_composites, ()))


def map_structure_up_to(shallow_tree: Any, func: Callable[..., Any], *inputs: Any, **kwargs: Any) -> Any:
    """Call `func` on what the inputs have at each leaf of `shallow_tree`; return the results in its structure.

    Args:
      shallow_tree: the structure down to which the inputs are taken apart.
      func: takes as many arguments as there are inputs.
      inputs: structures that are at least as deep.
      check_types, expand_composites: (keywords) as in `assert_shallow_structure`.
    Raises: TypeError or ValueError if an input does not have the structure, ValueError if there is no input.
    """
    return map_structure_with_tuple_paths_up_to(shallow_tree, lambda _, *values: func(*values), *inputs, **kwargs)


def map_structure_with_tuple_paths_up_to(
    shallow_tree: Any, func: Callable[..., Any], *inputs: Any, **kwargs: Any
) -> Any:
    """Like `map_structure_up_to`, with the path as the first argument of `func`."""
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    check_types = kwargs.pop("check_types", True)
    expand = kwargs.pop("expand_composites", False)
    if kwargs:
        raise TypeError(f"map_structure_up_to got unexpected keyword arguments {sorted(kwargs)}")
    rows = [flatten_with_tuple_paths_up_to(shallow_tree, one, check_types, expand) for one in inputs]
    paths = [path for path, _ in rows[0]]
    columns = [[value for _, value in row] for row in rows]
    results = [func(path, *values) for path, *values in zip(paths, *columns)]
    return pack_sequence_as(shallow_tree, results, expand)


def map_structure_with_paths(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """Like `map_structure`, with the joined path (`a/0/b`) as the first argument of `func`."""
    return map_structure_with_tuple_paths(
        lambda path, *values: func("/".join(map(str, path)), *values), *structure, **kwargs
    )


def map_structure_with_tuple_paths(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """Like `map_structure`, with the tuple path as the first argument of `func`."""
    if not structure:
        raise ValueError("Must provide at least one structure")
    paths = iter(yield_flat_paths(structure[0], kwargs.get("expand_composites", False)))
    return map_structure(lambda *values: func(next(paths), *values), *structure, **kwargs)


def get_traverse_shallow_structure(
    traverse_fn: Callable[[Any], Any], structure: Any, expand_composites: bool = False
) -> Any:
    """Return a shallow structure of bools that says how far `traverse_fn` goes down `structure`.

    Args:
      traverse_fn: called on substructures from the outside in. False stops there, True looks into the parts; a
        structure of bools like the first level of its argument decides for each part.
      structure: the structure to walk.
      expand_composites: whether composites are taken apart.
    Raises: TypeError if `traverse_fn` returns something else, ValueError if its structure does not fit.
    """
    decision = traverse_fn(structure)
    kind = _nested_kind(structure, expand_composites)
    if kind == _LEAF:
        if not isinstance(decision, bool):
            raise TypeError(f"traverse_fn returned a non-bool: {decision!r} for input: {structure}")
        return decision
    if isinstance(decision, bool):
        if not decision:
            return False
        parts = [get_traverse_shallow_structure(traverse_fn, p, expand_composites) for p in _children(structure, kind)]
        return _rebuild(structure, kind, parts)
    if not is_nested_or_composite(decision):
        raise TypeError(f"traverse_fn returned a non-bool scalar: {decision} for input: {structure}")
    assert_shallow_structure(decision, structure, expand_composites=expand_composites)
    return _follow(traverse_fn, decision, structure, expand_composites)


def _follow(traverse_fn: Callable[[Any], Any], decision: Any, structure: Any, expand: bool) -> Any:
    """Go on below the parts for which `decision` says True."""
    parts = []
    for one, part in zip(flatten(decision), flatten_up_to(decision, structure, expand_composites=expand)):
        if not isinstance(one, bool):
            raise TypeError(
                f"traverse_fn didn't return a depth=1 structure of bools. saw: {one} for input: {structure}"
            )
        parts.append(get_traverse_shallow_structure(traverse_fn, part, expand) if one else False)
    return pack_sequence_as(decision, parts)
