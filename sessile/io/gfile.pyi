"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.formats.file_system import copy as copy
from sessile.ops.formats.file_system import exists as exists
from sessile.ops.formats.file_system import glob as glob
from sessile.ops.formats.file_system import isdir as isdir
from sessile.ops.formats.file_system import listdir as listdir
from sessile.ops.formats.file_system import makedirs as makedirs
from sessile.ops.formats.file_system import mkdir as mkdir
from sessile.ops.formats.file_system import remove as remove
from sessile.ops.formats.file_system import rename as rename
from sessile.ops.formats.file_system import rmtree as rmtree
from sessile.ops.formats.file_system import stat as stat
from sessile.ops.formats.file_system import walk as walk
from sessile.ops.formats.gfile import GFile as GFile
