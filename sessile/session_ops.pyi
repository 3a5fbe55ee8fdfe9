"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.state.handle_ops import delete_session_tensor as delete_session_tensor
from sessile.ops.families.state.handle_ops import get_session_handle as get_session_handle
from sessile.ops.families.state.handle_ops import get_session_tensor as get_session_tensor
from sessile.session.resources.handles import TensorHandle as TensorHandle
