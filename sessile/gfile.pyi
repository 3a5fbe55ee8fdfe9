"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.formats.file_system import Copy as Copy
from sessile.ops.formats.file_system import DeleteRecursively as DeleteRecursively
from sessile.ops.formats.file_system import Exists as Exists
from sessile.ops.formats.file_system import Glob as Glob
from sessile.ops.formats.file_system import IsDirectory as IsDirectory
from sessile.ops.formats.file_system import ListDirectory as ListDirectory
from sessile.ops.formats.file_system import MakeDirs as MakeDirs
from sessile.ops.formats.file_system import MkDir as MkDir
from sessile.ops.formats.file_system import Remove as Remove
from sessile.ops.formats.file_system import Rename as Rename
from sessile.ops.formats.file_system import Stat as Stat
from sessile.ops.formats.file_system import Walk as Walk
from sessile.ops.formats.gfile import FastGFile as FastGFile
from sessile.ops.formats.gfile import GFile as GFile
from sessile.ops.formats.gfile import Open as Open
