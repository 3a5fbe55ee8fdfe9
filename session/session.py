"""`Session`: runs a graph. Thin: what a call needs is prepared in `signature.py`, state lives in `state.py`."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from ..compiler.program.services import make_budget
from ..ops.base import forks, hooks, pickling, tracebacks
from ..ops.base.errors import CancelledError, InvalidArgumentError
from ..ops.building.default_graph import get_default_graph
from ..ops.graph import defaults as default_session
from ..ops.graph.graph import Graph
from ..ops.graph.node import Tensor
from .calls import options as opts
from .calls.callables import general_callable
from .calls.described import describe, told_of
from .calls.feeds import expand_feed_keys, expand_feeds, is_plain_key
from .calls.fetches import FetchPlan, plan_fetches, structure_key
from .calls.options_run import run_with_options
from .calls.signature import Signature
from .devices.placement import Placer
from .devices.process_config import merged
from .engines.engine import Engine
from .engines.find import find_engine
from .resources.state import CLOSED, LOST, SessionState
from .warnings_ import Watch

if TYPE_CHECKING:
    from .tracing.explanation import Explanation

hooks.install_in_threads()


class _Prepared(NamedTuple):
    """What `run` found out about one kind of call.

    order: where the values of the signature's feeds stand in the dictionary; None if its keys must be expanded anew.
    is_sorted: whether they are all that stands there, in order.
    """

    signature: Signature
    order: list[int] | None
    is_sorted: bool


def _part_programs(session: BaseSession) -> Callable[..., Any]:
    """What makes programs for parts of the graph that kernels run: the session's, and its own once that is gone.

    The state does not keep the session, but callables keep the state, and work without the session.
    """
    program, graph = weakref.WeakMethod(session._program), session._graph
    jit, threads = session._jit, opts.thread_count(session._config)

    def made(feeds: Any, fetches: Any, targets: Any) -> Any:
        known = program()
        if known is not None:
            return known(feeds, fetches, targets)
        from ..compiler.program.program import Program

        return Program(graph, feeds, fetches, targets, jit, threads)

    return made


class BaseSession:
    """What `Session` and `InteractiveSession` have in common."""

    def __init__(self, target: Any = "", graph: Any = None, config: Any = None) -> None:
        if graph is not None and not isinstance(graph, Graph):
            raise TypeError(f'Argument `graph` must be a tf.Graph, but got "{type(graph).__name__}"')
        self._graph: Graph = get_default_graph() if graph is None else graph
        self._engine = find_engine(target)
        self.target: Any = self._engine.target  # a plain attribute: classes derived from Session have one of their own
        self._config = merged(opts.check_config(config))
        self._jit = opts.jit_level(self._config)
        self._timeout = opts.operation_timeout(self._config)
        self._builds_costs = opts.builds_costs(self._config)
        config = self._config
        self._devices = self._engine.devices(config)
        self._placer = _make_placer(self._graph, self._engine, config)
        self._state = SessionState(self._graph, self._engine.connect(self, config, self._placer.device_of))
        self._state.loop_threads = opts.thread_count(config)
        self._state.budget = make_budget(opts.memory_limit(config), self._state.kept)
        self._state.programs = _part_programs(self)
        self._prepared: dict[Any, _Prepared] = {}
        self._programs: dict[Any, Any] = {}
        self._programs_built = 0
        self._edits = self._graph._edits
        # alive as long as their handles are
        self._partial_runs: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
        self._lock = forks.lock()
        self._watch = Watch()

    @property
    def graph(self) -> Graph:
        """The graph that this session runs."""
        return self._graph

    @property
    def graph_def(self) -> Any:
        """The graph as a GraphDef message."""
        return self._graph.as_graph_def()

    @property
    def sess_str(self) -> bytes:
        """The target this session is connected to; empty for the in-process engine."""
        return self._engine.target

    def as_default(self) -> Any:
        """Return a context manager that makes this session the default one of the thread; it does not close it."""
        return default_session.default_session(self)

    def close(self) -> None:
        """Free all that the session owns: variables, handles, compiled programs. Closing twice is fine."""
        self._close(CLOSED)

    def _close(self, reason: int) -> None:
        with self._lock:
            if self._state.closed.value:
                return
            self._prepared.clear()
            self._programs.clear()
            self._partial_runs.clear()
            self._state.release(reason)
        self._engine.disconnect(self)

    def __del__(self) -> None:
        state = getattr(self, "_state", None)
        if state is not None and state.threads:
            self._watch.dropped(state)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        pickling.refuse(pickling.SESSION)

    def list_devices(self) -> list[Any]:
        """Return the devices of this session; each has `name`, `device_type`, `memory_limit` and `incarnation`.

        Raises: CancelledError if the session is closed, InvalidArgumentError if its server was reset.
        """
        reason = self._state.closed.value
        if reason == LOST:
            raise InvalidArgumentError(None, None, "Session is not found: its server was reset by Session.reset.")
        if reason:
            raise CancelledError(None, None, "Session has been closed.")
        return list(self._devices)

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Run one step: compute every tensor and run every operation in `fetches`.

        Args:
          fetches: a tensor, operation, variable or name of one; or an arbitrarily nested list, tuple, namedtuple,
            dict, OrderedDict or attrs object of them.
          feed_dict: values that replace those of tensors in this step; the keys are tensors, their names, variables,
            or nested tuples of these, the values Python scalars, strings, lists, arrays, or TensorHandles.
          options: a RunOptions message.
          run_metadata: a RunMetadata message that is filled with what the options ask for.
        Returns: the values in the structure of `fetches`: arrays (NumPy scalars and bytes for scalars), None for
          operations, a TensorHandle for a handle operation.
        Raises: RuntimeError if the session is closed or its graph is empty, TypeError for fetches, keys or values of
          a wrong type, ValueError for unknown names, foreign graphs and wrong shapes, `errors.OpError` for a
          failure while running.

        >>> from sessile.ops.building.constant import constant
        >>> Session().run(constant([10, 20]))
        array([10, 20], dtype=int32)
        """
        try:
            key: Any = None
            prepared = None
            try:
                key = structure_key(fetches), tuple(feed_dict) if feed_dict else ()
                prepared = self._prepared.get(key)
            except TypeError:
                key = None
            except ValueError:  # an array in place of a dictionary has no truth value
                expand_feeds(self._graph, feed_dict)
                raise
            if prepared is None or prepared.signature.edits != self._graph._edits:
                prepared = self._prepare(key, fetches, feed_dict or {})
            signature, order, is_sorted = prepared
            if order is None:
                given = dict(expand_feeds(self._graph, feed_dict))
                values = [given[feed.tensor] for feed in signature.feeds]
            elif order:
                if not isinstance(feed_dict, dict):
                    expand_feeds(self._graph, feed_dict)  # says what is wrong with a list of keys, for instance
                values = list(feed_dict.values())
                if not is_sorted:
                    values = [values[position] for position in order]
            else:
                values = []
            if options is None and run_metadata is None:
                return signature.run(values)
            return run_with_options(self, signature, values, options, run_metadata)
        except Exception as error:
            raise tracebacks.trimmed(error)  # noqa: B904  # it is the same error

    def _prepare(self, key: Any, fetches: Any, feed_dict: Any) -> _Prepared:
        """Find elements and feeds; the same signature asked for in another way shares its program."""
        self._state.check_open()
        self._check_graph()
        plan = plan_fetches(self._graph, fetches)
        pairs = dict(expand_feeds(self._graph, feed_dict))
        tensors = sorted(pairs, key=lambda tensor: (tensor.op._id, tensor.value_index))
        self._watch.new_signature(self._graph, plan.elements)
        signature = self._signature(plan, tensors)
        order = _order_of(self._graph, feed_dict, tensors)
        prepared = _Prepared(signature, order, order == list(range(len(feed_dict))))
        if key is not None:
            self._prepared[key] = prepared
        return prepared

    def _signature(self, plan: FetchPlan, tensors: list[Tensor]) -> Signature:
        if not self._timeout:
            return Signature(self._state, plan, tensors, self._program)
        from .calls.deadline import TimedSignature

        return TimedSignature(self._state, plan, tensors, self._program, self._timeout)

    def _program(
        self,
        feeds: tuple[Tensor, ...],
        fetches: tuple[Tensor, ...],
        targets: tuple[Any, ...],
        done: frozenset[Any] = frozenset(),
    ) -> Any:
        """The compiler's program for a signature, made once; `done` operations do not run again."""
        key = feeds, fetches, targets, done
        with self._lock:
            if self._edits != self._graph._edits:  # what was planned before the graph was edited is of no use
                self._programs.clear()
                self._edits = self._graph._edits
            program = self._programs.get(key)
            if program is None:
                roots = [*(tensor.op for tensor in fetches), *targets]
                if roots:
                    self._placer.check()
                threads = opts.thread_count(self._config)
                program = self._engine.program(self, feeds, fetches, targets, done, self._jit, threads)
                self._programs[key] = program
                self._programs_built += 1
                if self._placer.logs:
                    self._placer.log(feeds, roots)
        return program

    def make_callable(
        self,
        fetches: Any,
        feed_list: Any = None,
        accept_options: bool = False,
        *,
        repeat: int | None = None,
        carry: Mapping[Any, Any] | None = None,
    ) -> Callable[..., Any]:
        """Return a function that runs one step: `run(fetches, ...)` with its arguments as the values of `feed_list`.

        Args:
          fetches: as in `run`.
          feed_list: a list of feed keys as in `run`, one per argument.
          accept_options: whether the function takes the keyword arguments `options` and `run_metadata`.
          repeat: how many times a call runs the step, without Python between; it returns what the last turn gave.
          carry: for `repeat`, per feed the tensor whose value it takes for the next turn; others keep theirs.
        Returns: the function; it takes exactly `len(feed_list)` arguments and returns what `run` would. Given `out`,
          arrays in the structure of the fetches, it writes the results there.
        Raises: TypeError if the fetches or feeds are no such, RuntimeError if the session is closed.
        """
        self._check_open()
        if feed_list is not None and not isinstance(feed_list, (list, tuple)):
            raise TypeError(f"Argument `feed_list` must be a list or tuple. Received: feed_list={feed_list}")
        keys = list(feed_list or ())
        if repeat is not None or carry is not None:
            return self._make_repeated(fetches, keys, accept_options, repeat, carry)
        plan = plan_fetches(self._graph, fetches)
        self._check_graph()
        tensors = expand_feed_keys(self._graph, keys)
        if accept_options or len(set(tensors)) != len(tensors) or not all(map(is_plain_key, keys)):
            return general_callable(self, fetches, plan.elements, keys, self._state.handles, accept_options)
        signature = self._signature(plan, tensors)
        self._watch.new_signature(self._graph, plan.elements)
        self._watch.new_callable(signature.program, fetches)
        description = describe(plan.elements, tensors, ("out",) if signature.takes_out else ())
        return told_of(signature.make_step(interprets_first=True, description=description), description)  # type: ignore[no-any-return]

    def _make_callable_from_options(self, callable_options: Any) -> Callable[..., list[Any]]:
        """Return a function that runs what a `CallableOptions` message names; see `calls/from_options.py`."""
        from .calls.from_options import callable_from_options

        self._check_open()
        return callable_from_options(self, callable_options)

    def _make_repeated(
        self, fetches: Any, keys: list[Any], accept_options: bool, repeat: Any, carry: Any
    ) -> Callable[..., Any]:
        """The callable of a step that runs many times in a call."""
        from .calls.repeat import repeated_callable

        if repeat is None or accept_options:
            raise ValueError("`carry` is for `repeat`, and `repeat` goes without `accept_options`.")
        self._check_graph()
        return repeated_callable(self, fetches, keys, repeat, carry)

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> Any:
        """Begin a step that is run in parts; returns a handle for `partial_run`.

        Args:
          fetches: all that the parts will fetch, in any nesting.
          feeds: the keys of all that the parts will feed; values come later.
        Raises: RuntimeError if the session is closed, TypeError for fetches or feeds of a wrong type.
        """
        from .partial.partial_run import set_up

        self._check_open()
        self._check_graph()
        with self._lock:
            self._placer.check()
        return set_up(self, fetches, feeds)

    def partial_run(self, handle: Any, fetches: Any, feed_dict: Any = None) -> Any:
        """Continue a step: feed more, and fetch what can be computed now.

        Args:
          handle: what `partial_run_setup` returned.
          fetches: some of the fetches that were set up, not fetched before.
          feed_dict: values for some of the feeds that were set up, not fed before.
        Returns: the values in the structure of `fetches`, as `run` does.
        Raises: InvalidArgumentError for an unknown handle, unspecified or repeated feeds and fetches, or fetches
          that need a feed which is still missing.
        """
        from .partial.partial_run import continue_run

        try:
            self._check_open()
            return continue_run(self, handle, fetches, feed_dict, self._timeout)
        except Exception as error:
            raise tracebacks.trimmed(error)  # noqa: B904

    def explain(self, fetches: Any, feed_list: Any = None) -> Explanation:
        """Return the text of the plan for a signature: its instructions, fusion groups and their generated source.

        The text's `plan` and `groups` are its parts; a notebook shows it with the parts folded.

        Args:
          fetches: as in `run`.
          feed_list: the feed keys; values are not needed.
        """
        from .tracing.explanation import Explanation

        return Explanation(self._signature_program(fetches, feed_list)[0].explain())

    def _signature_program(self, fetches: Any, feed_list: Any) -> tuple[Any, list[Tensor]]:
        """The program of a signature, and its feeds."""
        self._check_open()
        self._check_graph()
        plan = plan_fetches(self._graph, fetches)
        tensors = expand_feed_keys(self._graph, feed_list or ())
        signature = Signature(self._state, plan, list(dict.fromkeys(tensors)), self._program)
        return signature.program, [feed.tensor for feed in signature.feeds]

    def trim_memory(self) -> int:
        """Give memory that is kept for results to come back to the system; returns how many bytes that were.

        Big results take the memory of earlier ones that the program has dropped. The memory is the process's: all
        sessions share it.
        """
        from ..compiler.program.services import trim_memory

        return trim_memory()

    def _check_open(self) -> None:
        self._state.check_open()

    def _check_graph(self) -> None:
        if self._graph.version == 0:
            raise RuntimeError("The Session graph is empty. Add operations to the graph before calling run().")


class Session(BaseSession):
    """Runs operations of a graph and evaluates its tensors; owns the values of variables and what handles name.

    As a context manager it is the default session and its graph the default graph inside the block, and it is closed
    at the end.

    Args:
      target: the execution engine to connect to; empty for one in this process that is private to the session.
      graph: the graph to run; default: the default graph.
      config: a ConfigProto message.
    Raises: TypeError for arguments of a wrong type, NotFoundError for a target that does not exist.
    """

    def __init__(self, target: Any = "", graph: Any = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._contexts: list[Any] = []

    def __enter__(self) -> Session:
        if self._contexts:
            raise RuntimeError(
                "Session context managers are not re-entrant. Use `Session.as_default()` if you want to enter a "
                "session multiple times."
            )
        self._contexts = [self._graph.as_default(), self.as_default()]
        for context in self._contexts:
            context.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        try:
            for context in reversed(self._contexts):
                context.__exit__(*error)
        finally:
            self._contexts = []
            self.close()

    @staticmethod
    def reset(target: Any, containers: Any = None, config: Any = None) -> None:
        """Clear resource containers of an engine, and close all sessions connected to it.

        Args:
          target: the engine; empty for those in this process.
          containers: names of containers; None or an empty list for all.
          config: a ConfigProto message.
        """
        engine = find_engine(target)
        opts.check_config(config)
        engine.reset(containers)


class InteractiveSession(BaseSession):
    """A session that makes itself the default one when it is made, for use in a shell. Close it when done.

    Args: as `Session`'s.
    """

    def __init__(self, target: Any = "", graph: Any = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._graph_context = None if graph is None else self._graph.as_default()
        default_session.push(self)
        if self._graph_context is not None:
            self._graph_context.__enter__()

    def close(self) -> None:
        """Close the session; it is no longer the default one."""
        if not self._state.closed.value:
            sessions = default_session.stack.sessions
            if self in sessions:
                sessions.remove(self)
            if self._graph_context is not None:
                self._graph_context.__exit__(None, None, None)
        super().close()


def _make_placer(graph: Graph, engine: Engine, config: Any) -> Placer:
    return Placer(
        graph,
        lambda: [device.name for device in engine.devices(config)],
        lambda: engine.absent(config),
        soft=config is not None and config.allow_soft_placement,
        log=config is not None and config.log_device_placement,
    )


def _order_of(graph: Graph, feed_dict: Mapping[Any, Any], tensors: list[Tensor]) -> list[int] | None:
    """Where the values of `tensors` stand in dictionaries with these keys, or None if keys are not one tensor each."""
    found: dict[Tensor, int] = {}
    for position, key in enumerate(feed_dict):
        if not isinstance(key, (Tensor, str)) and not hasattr(key, "_as_graph_element"):
            return None
        found[graph.as_graph_element(key)] = position
    return [found[tensor] for tensor in tensors] if len(found) == len(tensors) else None
