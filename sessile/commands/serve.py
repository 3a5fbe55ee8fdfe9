"""`python -m sessile serve NAME=PATH`: answer requests for models over HTTP."""

from __future__ import annotations

import logging
import signal
import sys
from typing import Any

from .model_options import told


def add_to(commands: Any) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "serve",
        help="answer requests for models over HTTP",
        description="Serve models over TensorFlow Serving's REST interface (/v1/models/NAME:predict) and the Open "
        "Inference Protocol (/v2/models/NAME/infer), with health (/v2/health/ready) and Prometheus metrics (/metrics). "
        "SIGTERM ends it when the requests under way are answered.",
        epilog="Example: sessile serve digits=exported/ --port 8501",
    )
    parser.add_argument("models", nargs="+", metavar="NAME=PATH", help="a model, or a folder of its versions")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: this machine alone)")
    parser.add_argument(
        "--port", type=int, default=8501, help="port (default: 8501, TensorFlow Serving's; 0: a free one)"
    )
    parser.add_argument("--versions", default="latest", metavar="latest|all|1,2", help="which versions to load")
    parser.add_argument("--label", action="append", default=[], metavar="NAME=VERSION", help="a label of a version")
    parser.add_argument("--batch-size", type=int, default=32, metavar="N", help="most rows in a step; 1: no batching")
    parser.add_argument("--batch-wait", type=float, default=0.5, metavar="MS", help="how long a batch waits to fill")
    parser.add_argument(
        "--queue", type=int, default=256, metavar="N", help="most requests that wait; more get status 503"
    )
    parser.add_argument("--poll", type=float, default=2.0, metavar="S", help="seconds between looks for new versions")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="threads of a step (default: all cores)")
    parser.add_argument("--drain", type=int, default=30, metavar="S", help="seconds that SIGTERM waits for answers")
    parser.set_defaults(run=run)


@told
def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from ..models.files import ModelError

    try:
        import uvicorn

        from ..serving.application import Server
    except ImportError as error:
        raise ModelError(f"needs {error.name}: pip install 'sessile[serve]'") from None
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    server = Server(_config(options))
    for served in server.models.values():
        served.refresh()
        if not served.versions:
            raise ModelError(f"{served.path}: no model, and no folder of versions")
        if failed := [version.error for version in served.versions.values() if version.error]:
            raise ModelError(failed[0])
    settings = uvicorn.Config(
        server.application,
        host=options.host,
        port=options.port,
        log_level="info",
        access_log=False,
        timeout_graceful_shutdown=options.drain,
    )
    # uvicorn raises the signal that ended it once more when all is answered: that was the wish, not a failure.
    signal.signal(signal.SIGTERM, lambda *unused: None)
    uvicorn.Server(settings).run()
    return 0


def _config(options: Any) -> Any:
    from ..models.files import ModelError
    from ..models.values import pairs
    from ..serving.config import ServerConfig

    versions: Any = options.versions
    try:
        if versions not in ("latest", "all"):
            versions = tuple(int(part) for part in versions.split(","))
        labels = {name: int(number) for name, number in pairs(options.label, "--label", "--label NAME=VERSION").items()}
    except ValueError:
        raise ModelError("--versions and --label take whole numbers, such as --versions 1,2 --label stable=1") from None
    return ServerConfig(
        models=pairs(options.models, "model", "NAME=PATH"),
        versions=versions,
        labels=labels,
        batch_size=options.batch_size,
        batch_wait=options.batch_wait / 1e3,
        queue_size=options.queue,
        poll=options.poll,
        threads=options.threads,
    )
