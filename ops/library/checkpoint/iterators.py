"""Places of iterators in checkpoints."""

from __future__ import annotations

from typing import Any

from ...building.build import build, build_operation
from ...families.data.iterators import DESERIALIZE_ITERATOR, SERIALIZE_ITERATOR, Iterator
from .saveables import SaveableObject, SaveSpec


class IteratorSaveable(SaveableObject):
    """The place of an iterator, saved as the number of elements that it has given.

    Args:
      resource: the tensor that stands for the iterator.
    """

    def __init__(self, resource: Any) -> None:
        place = build(SERIALIZE_ITERATOR, resource, name="SerializeIterator")
        self._resource = resource
        super().__init__(resource, [SaveSpec(place, "", f"{resource.name}-state")], resource.name)

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """Go on where it was: the dataset begins anew, and what was given already is left out."""
        return build_operation(DESERIALIZE_ITERATOR, self._resource, restored_tensors[0], name="DeserializeIterator")


def make_saveable_from_iterator(iterator: Iterator) -> SaveableObject:
    """Return what a Saver saves of an iterator, for the collection `SAVEABLE_OBJECTS` or a Saver's list.

    Restoring needs an initialized iterator. The dataset is gone through from its beginning, so what it gives must not
    depend on chance without a seed, and the elements that were given once are made again.
    Raises when restored: FailedPreconditionError if the iterator was not initialized.
    """
    return IteratorSaveable(iterator._iterator_resource)
