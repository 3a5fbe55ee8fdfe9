"""Which versions of a model are loaded: found in its folder, taken up when they appear, dropped when they go."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass, field

from ..models.files import ModelError, read_model, versions_in
from ..models.model import Model, load_model
from ..ops.library.saved_model.loader import maybe_saved_model_directory
from .config import RequestError, ServerConfig

_log = logging.getLogger("sessile.serving")


@dataclass
class Version:
    """A version: its state in TensorFlow Serving's words, the model while it is available, what went wrong."""

    number: int
    path: str
    state: str = "START"
    model: Model | None = None
    error: str = ""


@dataclass
class ServedModel:
    """A name and its versions. `refresh` loads and unloads; any thread may look while another does.

    A version is loaded before the one that it replaces goes; steps of a dropped one that are under way end as they do
    when a session is closed under them, so a version is closed a while after it is dropped.
    """

    name: str
    path: str
    config: ServerConfig
    versions: dict[int, Version] = field(default_factory=dict)
    _dropped: list[Version] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self) -> None:
        """Look into the folder; load versions that are wanted and new, drop those that are not wanted any more."""
        with self._lock:
            for old in self._dropped:  # dropped at the last look: nobody runs it any more
                self._close(old)
            self._dropped.clear()
            wanted = self._wanted()
            for number, path in wanted.items():
                known = self.versions.get(number)
                if known is None or (known.state == "END" and known.error and not self._has_available()):
                    self.versions[number] = self._loaded(number, path)
            if any(number in wanted and item.state == "AVAILABLE" for number, item in self.versions.items()):
                for number in [item for item in self.versions if item not in wanted]:
                    self._dropped.append(self.versions.pop(number))

    def _wanted(self) -> dict[int, str]:
        if not os.path.isdir(self.path) or maybe_saved_model_directory(self.path):
            return {1: self.path}
        numbers = versions_in(self.path)
        if isinstance(self.config.versions, tuple):
            numbers = [number for number in numbers if number in self.config.versions]
        elif self.config.versions == "latest":
            numbers = numbers[-1:]
        folders = {int(name): name for name in os.listdir(self.path) if name.isdigit()}
        return {number: os.path.join(self.path, folders[number]) for number in numbers}

    def _loaded(self, number: int, path: str) -> Version:
        version = Version(number, path, "LOADING")
        try:
            version.model = load_model(read_model(path), self.config.threads)
            version.state = "AVAILABLE"
            _log.info("model %s, version %s: available, from %s", self.name, number, path)
        except ModelError as error:
            version.state, version.error = "END", str(error)
            _log.error("model %s, version %s: not loaded: %s", self.name, number, error)
        return version

    def _has_available(self) -> bool:
        return any(version.state == "AVAILABLE" for version in self.versions.values())

    def _close(self, version: Version) -> None:
        if version.model is not None:
            version.model.close()
            version.model = None
        version.state = "END"
        _log.info("model %s, version %s: unloaded", self.name, version.number)

    def close(self) -> None:
        """Unload all."""
        with self._lock:
            for version in [*self.versions.values(), *self._dropped]:
                self._close(version)

    def find(self, version: int | None = None, label: str | None = None) -> Version:
        """Return a version that is available: the one asked for, or the highest.

        Raises: RequestError with status 404 if there is none.
        """
        if label is not None:
            if label not in self.config.labels:
                raise RequestError(404, f"Unrecognized servable version label: {label}")
            version = self.config.labels[label]
        available = {number: item for number, item in self.versions.items() if item.state == "AVAILABLE"}
        if version is None and available:
            return available[max(available)]
        if version in available:
            return available[version]
        wanted = f"Latest({self.name})" if version is None else f"Specific({self.name}, {version})"
        raise RequestError(404, f"Servable not found for request: {wanted}")
