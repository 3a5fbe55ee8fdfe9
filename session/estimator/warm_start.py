"""Warm starts: variables that begin with the values of another model's checkpoint."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...ops.building.default_graph import get_default_graph
from ...ops.graph.graph_keys import GraphKeys
from ...ops.library.checkpoint.initialization import init_from_checkpoint
from ...ops.library.checkpoint.vocabularies import init_with_vocabulary


class _Settings(NamedTuple):
    ckpt_to_initialize_from: str
    vars_to_warm_start: Any
    var_name_to_vocab_info: Any
    var_name_to_prev_var_name: Any


class WarmStartSettings(_Settings):
    """What an estimator begins with.

    Args:
      ckpt_to_initialize_from: a checkpoint, a folder of checkpoints, or a SavedModel's folder.
      vars_to_warm_start: which variables: a regular expression of names of trainable ones, a list of such of all
        variables, a list of variables, or None: none but those that have a vocabulary.
      var_name_to_vocab_info: from names of matrices to their `VocabInfo`: vocabularies that have changed.
      var_name_to_prev_var_name: from names to those in the checkpoint, where they differ.
    Raises: ValueError without a checkpoint.
    """

    __slots__ = ()

    def __new__(
        cls, ckpt_to_initialize_from: Any, vars_to_warm_start: Any = ".*", var_name_to_vocab_info: Any = None,
        var_name_to_prev_var_name: Any = None,
    ) -> WarmStartSettings:  # fmt: skip
        if not ckpt_to_initialize_from:
            raise ValueError("`ckpt_to_initialize_from` MUST be set in WarmStartSettings")
        path = os.fsdecode(ckpt_to_initialize_from)
        return super().__new__(
            cls, path, vars_to_warm_start, dict(var_name_to_vocab_info or {}), dict(var_name_to_prev_var_name or {})
        )


def warm_start(
    ckpt_to_initialize_from: Any, vars_to_warm_start: Any = ".*", var_name_to_vocab_info: Any = None,
    var_name_to_prev_var_name: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Have variables of the default graph begin with a checkpoint's values. Arguments as for `WarmStartSettings`.

    Raises: ValueError for names that are not used, or not in the checkpoint.
    """
    settings = WarmStartSettings(
        ckpt_to_initialize_from, vars_to_warm_start, var_name_to_vocab_info, var_name_to_prev_var_name
    )
    previous, vocabularies = dict(settings.var_name_to_prev_var_name), dict(settings.var_name_to_vocab_info)
    names = []
    path = settings.ckpt_to_initialize_from
    if os.path.isdir(os.path.join(path, "variables")):  # a SavedModel
        path = os.path.join(path, "variables", "variables")
    for variable in _chosen(settings.vars_to_warm_start):
        parts = variable if isinstance(variable, list) else [variable]
        info = getattr(parts[0], "_save_slice_info", None)
        name = info.full_name if info is not None else parts[0].op.name
        names.append(name)
        saved, vocabulary = previous.pop(name, name), vocabularies.pop(name, None)
        if vocabulary is not None:
            init_with_vocabulary(path, saved, parts, vocabulary)
        elif settings.vars_to_warm_start is not None:  # None: those with a vocabulary only
            init_from_checkpoint(path, {saved: variable if info is not None else parts[0]})
    for unused, argument in ((previous, "var_name_to_prev_var_name"), (vocabularies, "var_name_to_vocab_info")):
        if unused:
            raise ValueError(
                f"You provided the following variables in {argument} that were not used: {sorted(unused)}. Perhaps you "
                f"misspelled them? Here is the list of viable variable names: {names}"
            )


def _chosen(wanted: Any) -> list[Any]:
    graph = get_default_graph()
    if wanted is None or isinstance(wanted, str):
        found = [
            variable
            for variable in graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)
            if re.match(wanted or "", variable.op.name)
        ]
    elif all(isinstance(item, str) for item in wanted):
        found = [
            variable
            for variable in graph.get_collection(GraphKeys.GLOBAL_VARIABLES)
            if any(re.match(item, variable.op.name) for item in wanted)
        ]
    else:
        found = list(wanted)
    slices: dict[str, list[Any]] = {}
    whole = []
    for variable in found:
        info = getattr(variable, "_save_slice_info", None)
        if info is None:
            whole.append(variable)
        else:
            slices.setdefault(info.full_name, []).append(variable)
    return [*whole, *slices.values()]
