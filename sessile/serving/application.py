"""The ASGI application: routes of both protocols, health, metrics; versions are looked for while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .. import __version__
from ..models.files import ModelError
from ..ops.base.errors import InvalidArgumentError, OpError
from . import inference, rest
from .batching import Batcher
from .config import RequestError, ServerConfig
from .metrics import Metrics
from .versions import ServedModel

_log = logging.getLogger("sessile.serving")
Answer = Callable[[Request], Awaitable[Any]]


class Server:
    """The models of a server and the answers to its requests. `application` is what an ASGI server runs.

    Args:
      config: see `ServerConfig`.
    """

    def __init__(self, config: ServerConfig) -> None:
        self.config = config
        self.metrics = Metrics()
        self.batcher = Batcher(config, self.metrics)
        self.models = {name: ServedModel(name, path, config) for name, path in config.models.items()}
        self.is_draining = False
        self.application = Starlette(routes=self._routes(), lifespan=self._lifespan)
        self.metrics.pending.set_function(lambda: self.batcher.pending)

    def _routes(self) -> list[Route]:
        get, post = ["GET"], ["POST"]
        model, version = "{model}", "{model}/versions/{version:int}"
        routes = [Route("/v1/models/{model}/labels/{label}:{action}", self._told("", self._act), methods=post)]
        for path in (version, model):
            routes += [
                Route(f"/v1/models/{path}:{{action}}", self._told("", self._act), methods=post),
                Route(f"/v1/models/{path}/metadata", self._told("metadata", self._metadata), methods=get),
                Route(f"/v1/models/{path}", self._told("status", self._status), methods=get),
                Route(f"/v2/models/{path}/infer", self._told("infer", self._infer), methods=post),
                Route(f"/v2/models/{path}/ready", self._told("ready", self._model_ready), methods=get),
                Route(f"/v2/models/{path}", self._told("metadata", self._model_metadata), methods=get),
            ]
        return [
            *routes,
            Route("/v2", self._server_metadata, methods=get),
            Route("/v2/health/live", self._live, methods=get),
            Route("/v2/health/ready", self._ready, methods=get),
            Route("/metrics", self._metrics, methods=get),
            Route("/monitoring/prometheus/metrics", self._metrics, methods=get),
        ]

    @contextlib.asynccontextmanager
    async def _lifespan(self, application: Starlette) -> AsyncIterator[None]:
        await self.refresh()
        watching = asyncio.create_task(self._watch()) if self.config.poll > 0 else None
        try:
            yield
        finally:
            self.is_draining = True
            if watching is not None:
                watching.cancel()
            await asyncio.to_thread(self.batcher.close)
            for served in self.models.values():
                served.close()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self.config.poll)
            try:
                await self.refresh()
            except OSError as error:
                _log.warning("folders of models cannot be read: %s", error)

    async def refresh(self) -> None:
        """Load and unload versions as the folders have it."""
        for served in self.models.values():
            await asyncio.to_thread(served.refresh)
        self.metrics.versions.clear()
        for served in self.models.values():
            for number, version in list(served.versions.items()):
                self.metrics.versions.labels(served.name, str(number)).set(version.state == "AVAILABLE")

    def _served(self, request: Request) -> ServedModel:
        name = request.path_params["model"]
        if name not in self.models:
            raise RequestError(404, f"Could not find any versions of model {name}")
        return self.models[name]

    def _told(self, kind: str, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        """Count a request, and make what it raises an answer."""

        async def respond(request: Request) -> Response:
            start = time.perf_counter()
            name = request.path_params["model"]
            status, headers = 200, {}
            try:
                body = await answer(request)
            except RequestError as error:
                status, body = error.status, {"error": error.message}
                headers = {"retry-after": "1"} if status == 503 else {}
            except (InvalidArgumentError, ModelError) as error:
                status, body = 400, {"error": getattr(error, "message", str(error))}
            except OpError as error:
                status, body = 500, {"error": f"{type(error).__name__}: {error.message}"}
            except Exception as error:
                _log.exception("a request failed")
                status, body = 500, {"error": f"{type(error).__name__}: {error}"}
            # Only names that are known here: a client must not be able to make as many series as it likes.
            name = name if name in self.models else "(unknown)"
            action = request.path_params.get("action", kind)
            action = action if action == kind or action in rest.ACTIONS else "(unknown)"
            self.metrics.requests.labels(name, action, str(status)).inc()
            self.metrics.seconds.labels(name, action).observe(time.perf_counter() - start)
            return _json(body, status, headers)

        return respond

    async def _act(self, request: Request) -> Any:
        action = rest.ACTIONS.get(request.path_params["action"])
        if action is None:
            raise RequestError(400, f"Malformed request: POST {request.url.path}")
        version = self._served(request).find(request.path_params.get("version"), request.path_params.get("label"))
        return await action(self.batcher, version, await _body(request))

    async def _status(self, request: Request) -> Any:
        return rest.status(self._served(request), request.path_params.get("version"))

    async def _metadata(self, request: Request) -> Any:
        served = self._served(request)
        return rest.metadata(served, served.find(request.path_params.get("version")))

    async def _infer(self, request: Request) -> Any:
        served = self._served(request)
        version = served.find(request.path_params.get("version"))
        return await inference.infer(self.batcher, served, version, await _body(request))

    async def _model_ready(self, request: Request) -> Any:
        served = self._served(request)
        return {"name": served.name, "ready": served.find(request.path_params.get("version")).state == "AVAILABLE"}

    async def _model_metadata(self, request: Request) -> Any:
        served = self._served(request)
        return inference.metadata(served, served.find(request.path_params.get("version")))

    async def _server_metadata(self, request: Request) -> Response:
        return _json({"name": "sessile", "version": __version__, "extensions": []}, 200, {})

    async def _live(self, request: Request) -> Response:
        return _json({"live": True}, 200, {})

    async def _ready(self, request: Request) -> Response:
        available = [
            any(item.state == "AVAILABLE" for item in served.versions.values()) for served in self.models.values()
        ]
        is_ready = all(available) and not self.is_draining
        return _json({"ready": is_ready}, 200 if is_ready else 503, {})

    async def _metrics(self, request: Request) -> Response:
        return Response(self.metrics.text(), media_type="text/plain; version=0.0.4")


async def _body(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError as error:
        raise RequestError(400, f"JSON Parse error: {error}") from None


def _json(body: Any, status: int, headers: dict[str, str]) -> Response:
    return Response(json.dumps(body), status, headers, media_type="application/json")
