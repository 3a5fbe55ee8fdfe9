"""Warm starts across vocabularies: rows of a matrix in a checkpoint go to where a new vocabulary has their words.

For example, of a checkpoint whose rows are those of `a b c`, a matrix for `c d a` begins with the old rows 2 and 0, and
between them one that the backup initializer makes, for `d` was not there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from ...building.build import build
from ...building.default_graph import get_default_graph, init_scope
from ...families.arrays.reshaping import reshape
from ...families.arrays.stacking import concat
from ...families.indexing.gathering import gather
from ...families.io.save_restore import RESTORE_V2
from ...families.random.initializers import Zeros
from ...formats.file_system import as_op_error
from .initialization import replace_initializer
from .reader import CheckpointReader, checkpoint_path


class VocabInfo(NamedTuple):
    """The vocabularies of a matrix that is warm-started, and of the one in the checkpoint.

    Attributes:
      new_vocab: the path of the new vocabulary's file, a word a line.
      new_vocab_size: how many of its words are used.
      num_oov_buckets: how many rows for other words follow; the backup initializer makes them.
      old_vocab: the path of the vocabulary's file of the checkpoint.
      old_vocab_size: how many of its words were used; default: all.
      backup_initializer: makes what was not in the old vocabulary; default: zeros.
      axis: 0 if words are rows (embeddings), 1 if they are columns (the last layer of a classifier).
    """

    new_vocab: Any
    new_vocab_size: int
    num_oov_buckets: int
    old_vocab: Any
    old_vocab_size: int = -1
    backup_initializer: Any = None
    axis: int = 0


def init_with_vocabulary(path: Any, name: str, parts: list[Any], info: VocabInfo) -> None:
    """Have a matrix, or the parts that it is cut into, begin with the rows or columns of the words that it is for.

    Args:
      path: the checkpoint.
      name: the matrix in the checkpoint.
      parts: the variables.
      info: the vocabularies.
    Raises: NotFoundError if a file of words is not there; ValueError if the matrix is not in the checkpoint, is none,
      or has fewer words than the variables have rows.
    """
    path = checkpoint_path(path)
    shape = CheckpointReader(path).get_variable_to_shape_map().get(name)
    if shape is None or len(shape) != 2:
        raise ValueError(f"A vocabulary is of the rows or columns of a matrix, but {name} in {path} has shape {shape}.")
    sources = _sources(info)
    begin = 0
    for part in parts:
        count = part.shape.as_list()[info.axis]
        chosen = sources[begin : begin + count]
        extra = min(max(begin + count - len(sources), 0), count)
        known = max(len(sources) - begin, 0)
        if begin + count > len(sources) + info.num_oov_buckets:
            raise ValueError(
                f"Trying to initialize {count} additional rows after {begin} rows have already been initialized, which "
                f"would exceed expected total row count of new_row_vocab_size ({info.new_vocab_size}) + "
                f"num_row_oov_buckets ({info.num_oov_buckets}) = {len(sources) + info.num_oov_buckets}."
            )
        with init_scope(), get_default_graph().device("/cpu:0"):
            (old,) = build(
                RESTORE_V2, path, [name], [""], dtypes=[part.dtype.base_dtype], name="checkpoint_initializer"
            )
            old.set_shape(shape)
            value = _remapped(old, chosen[:known], extra, info)
        with init_scope():
            replace_initializer(part, value)
        begin += count


def _sources(info: VocabInfo) -> list[int]:
    return places_of_words(info.old_vocab, info.old_vocab_size, info.new_vocab, info.new_vocab_size)


def places_of_words(old: Any, old_size: int, new: Any, new_size: int) -> list[int]:
    """For each word of a new vocabulary its place in the old one, or -1.

    Args:
      old, new: the files; old_size, new_size: how many of their words are used, -1 for all.
    """
    places: dict[bytes, int] = {}
    for place, word in enumerate(_words(old, old_size)):
        places.setdefault(word, place)
    return [places.get(word, -1) for word in _words(new, new_size)]


def _words(path: Any, count: int) -> list[bytes]:
    try:
        words = Path(path).read_bytes().splitlines()
    except OSError as error:
        raise as_op_error(error, path) from error
    return words if count < 0 else words[:count]


def _remapped(old: Any, sources: list[int], extra: int, info: VocabInfo) -> Any:
    """The rows (or columns) of `old` at `sources`, new ones for -1, and `extra` new ones behind."""
    rows, columns = old.shape.as_list()
    other = columns if info.axis == 0 else rows
    make = info.backup_initializer or Zeros()
    pieces, places, following = [old], list(sources), old.shape.as_list()[info.axis]
    # As TensorFlow does: one draw for all missing numbers, as a column, and one for the rows of other words.
    for count, fixed in ((sources.count(-1), True), (extra, False)):
        if not count:
            continue
        numbers = make([count * other, 1] if fixed else _sized(count, other, info.axis), dtype=old.dtype)
        pieces.append(reshape(numbers, _sized(count, other, info.axis)))
        new = iter(range(following, following + count))
        places = [next(new) if place < 0 else place for place in places] if fixed else [*places, *new]
        following += count
    return gather(concat(pieces, info.axis) if len(pieces) > 1 else old, places, axis=info.axis)


def _sized(count: int, other: int, axis: int) -> list[int]:
    return [count, other] if axis == 0 else [other, count]
