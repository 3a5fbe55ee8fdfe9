"""`HParams`: hyperparameters with their types, set by name, from text, or from JSON."""

from __future__ import annotations

import json
import numbers
import re
from typing import Any, Final

_NAME: Final = re.compile(
    r"(?P<name>[a-zA-Z][\w.]*)(\[\s*(?P<index>\d+)\s*\])?\s*=\s*((?P<value>[^,\[]*)|\[(?P<values>[^\]]*)\])($|,\s*)"
)


class HParams:
    """Names with values; each name keeps the type of its first value.

        hparams = HParams(learning_rate=0.1, units=[10, 20])
        hparams.parse("learning_rate=0.2,units=[5,6]")
        hparams.learning_rate  # 0.2

    Args:
      hparam_def: a message to read values from; not built.
      model_structure: kept, for whoever uses it.
      **kwargs: the first values.
    Raises: ValueError for a list without items.
    """

    def __init__(self, hparam_def: Any = None, model_structure: Any = None, **kwargs: Any) -> None:
        if hparam_def is not None:
            raise NotImplementedError("HParams(hparam_def=...) is not built: give the values by name")
        self._hparam_types: dict[str, tuple[type, bool]] = {}
        self._model_structure = model_structure
        for name, value in kwargs.items():
            self.add_hparam(name, value)

    def add_hparam(self, name: str, value: Any) -> None:
        """Add a name with its first value. Raises: ValueError if it is there, or taken by a method."""
        if getattr(self, name, None) is not None:
            raise ValueError(f"Hyperparameter name is reserved: {name}")
        if isinstance(value, (list, tuple)):
            if not value:
                raise ValueError(f"Multi-valued hyperparameters cannot be empty: {name}")
            self._hparam_types[name] = type(value[0]), True
        else:
            self._hparam_types[name] = type(value), False
        setattr(self, name, value)

    def set_hparam(self, name: str, value: Any) -> None:
        """Give a name another value of its type. Raises: ValueError for a value of another type."""
        kind, is_list = self._hparam_types[name]
        if isinstance(value, list):
            if not is_list:
                raise ValueError(f"Must not pass a list for single-valued parameter: {name}")
            setattr(self, name, [_cast(name, kind, item) for item in value])
        else:
            if is_list:
                raise ValueError(f"Must pass a list for multi-valued parameter: {name}.")
            setattr(self, name, _cast(name, kind, value))

    def del_hparam(self, name: str) -> None:
        """Take a name out, if it is there."""
        if hasattr(self, name):
            delattr(self, name)
            del self._hparam_types[name]

    def parse(self, values: str) -> HParams:
        """Set values from text such as `rate=0.1,units=[1,2],names[1]=x`; returns this object.

        Raises: ValueError for text of another form, an unknown name, or a value of another type.
        """
        kinds = {name: kind for name, (kind, _) in self._hparam_types.items()}
        return self.override_from_dict(parse_values(values, kinds))

    def override_from_dict(self, values_dict: dict[str, Any]) -> HParams:
        """Set values from a dictionary; returns this object. Raises: KeyError, ValueError."""
        for name, value in values_dict.items():
            if isinstance(value, dict):  # single items of a list
                items = list(getattr(self, name))
                for index, item in value.items():
                    items[index] = item
                value = items
            self.set_hparam(name, value)
        return self

    def set_model_structure(self, model_structure: Any) -> None:
        """Keep an object."""
        self._model_structure = model_structure

    def get_model_structure(self) -> Any:
        """The object kept."""
        return self._model_structure

    def to_json(self, indent: Any = None, separators: Any = None, sort_keys: bool = False) -> str:
        """Return the values as JSON; functions are left out."""
        shown = {name: value for name, value in self.values().items() if not callable(value)}
        return json.dumps(shown, indent=indent, separators=separators, sort_keys=sort_keys)

    def parse_json(self, values_json: str) -> HParams:
        """Set values from JSON; returns this object."""
        return self.override_from_dict(json.loads(values_json))

    def values(self) -> dict[str, Any]:
        """Return the values by name."""
        return {name: getattr(self, name) for name in self._hparam_types}

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, or `default` if there is no such name. Raises: ValueError if `default` has another type."""
        if key not in self._hparam_types:
            return default
        if default is not None:
            kind, is_list = self._hparam_types[key]
            if is_list and not isinstance(default, list):
                raise ValueError(f"Hparam '{key}' of type '[{kind}]' is incompatible with default={default}")
            for item in default if is_list else [default]:
                try:
                    _cast(key, kind, item)
                except ValueError as error:
                    raise ValueError(
                        f"Hparam '{key}' of type '{kind}' is incompatible with default={default}. {error}"
                    ) from None
        return getattr(self, key)

    def __contains__(self, key: object) -> bool:
        return key in self._hparam_types

    def __str__(self) -> str:
        return str(sorted(self.values().items()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


def _cast(name: str, kind: Any, value: Any) -> Any:
    """A value of the type of a name. Raises: ValueError if that would lose something."""
    fault = f"Could not cast hparam '{name}' of type '{kind}' from value {value!r}"
    if kind is type(None) or isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    if issubclass(kind, str):
        if isinstance(value, (str, bytes)):
            return str(value)
        raise ValueError(fault)
    if (issubclass(kind, bool) != isinstance(value, bool)) or (
        issubclass(kind, numbers.Integral) and not isinstance(value, numbers.Integral)
    ):
        raise ValueError(fault)
    if issubclass(kind, numbers.Number) and not isinstance(value, numbers.Number):
        raise ValueError(fault)
    return kind(value)


def parse_values(values: str, type_map: dict[str, type], ignore_unknown: bool = False) -> dict[str, Any]:
    """Return the values that a text such as `rate=0.1,units=[1,2],names[1]=x` says.

    Args:
      values: the text.
      type_map: the type of each name.
      ignore_unknown: whether other names are left out.
    Returns: by name a value, a list, or a dictionary from index to value.
    Raises: ValueError for text of another form, an unknown name, a name given twice, or a value of another type.
    """
    result: dict[str, Any] = {}
    position = 0
    while position < len(values):
        found = _NAME.match(values, position)
        if found is None:
            raise ValueError(f"Malformed hyperparameter value: {values[position:]}")
        position = found.end()
        name = found["name"]
        if name not in type_map:
            if ignore_unknown:
                continue
            raise ValueError(f"Unknown hyperparameter type for {name}")
        kind = type_map[name]
        if found["values"] is not None:
            if name in result:
                raise ValueError(f"Multiple assignments to variable '{name}' in {values}")
            items = [item.strip() for item in re.split("[,]", found["values"]) if item.strip()]
            result[name] = [_read(name, kind, item, values) for item in items]
            continue
        value = _read(name, kind, found["value"], values)
        if found["index"] is not None:
            _set_item(result, name, int(found["index"]), value, values)
        elif name in result:
            raise ValueError(f"Multiple assignments to variable '{name}' in {values}")
        else:
            result[name] = value
    return result


def _set_item(result: dict[str, Any], name: str, index: int, value: Any, text: str) -> None:
    items = result.setdefault(name, {})
    if not isinstance(items, dict) or index in items:
        raise ValueError(f"Multiple assignments to variable '{name}[{index}]' in {text}")
    items[index] = value


def _read(name: str, kind: Any, text: str, whole: str) -> Any:
    if issubclass(kind, bool):
        if text in ("true", "True", "1"):
            return True
        if text in ("false", "False", "0"):
            return False
        raise ValueError(f"Could not parse hparam {name} of type bool in {whole}")
    try:
        return text if kind is type(None) else kind(text)
    except ValueError:
        raise ValueError(f"Could not parse hparam {name} of type {kind.__name__} in {whole}") from None
