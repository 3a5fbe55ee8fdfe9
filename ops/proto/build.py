"""Compile the schema: `python -m sessile.ops.proto.build`, after a change of a file in `schema/`.

Writes `descriptors.binpb`, the binary form that is shipped and loaded. `--check` writes nothing and fails if the
shipped file is not what the schema says. This needs `grpcio-tools` (for its protoc), which only those who change
the schema install.

Why a descriptor set and no generated Python: generated modules are tied to the protobuf release that made them and
register their names for the whole process; descriptors are neither.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

HERE = Path(__file__).resolve().parent
SCHEMA = HERE / "schema"
SHIPPED = HERE / "descriptors.binpb"


def compile_schema(schema: Path = SCHEMA) -> bytes:
    """Return the serialised FileDescriptorSet of the files in `schema` and of what they import.

    Raises: ImportError without grpcio-tools; RuntimeError if a file does not compile (protoc prints why).
    """
    # By name, because it has no type information and is absent where the schema is only used.
    protoc = importlib.import_module("grpc_tools.protoc")
    well_known = Path(str(protoc.__file__)).parent / "_proto"
    sources = sorted(str(path) for path in schema.glob("*.proto"))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / SHIPPED.name
        paths = [f"-Isessile={schema}", f"-I{well_known}"]
        command = ["protoc", *paths, "--include_imports", f"--descriptor_set_out={target}", *sources]
        if protoc.main(command) != 0:
            raise RuntimeError(f"protoc could not compile the schema in {schema}")
        return target.read_bytes()


def own_files(descriptors: bytes) -> list[FileDescriptorProto]:
    """Return the files of a descriptor set that are ours; Google's differ between protoc releases in their options."""
    return [file for file in FileDescriptorSet.FromString(descriptors).file if not file.name.startswith("google/")]


def is_current() -> bool:
    """Tell whether the shipped file says what the schema says."""
    return SHIPPED.exists() and own_files(SHIPPED.read_bytes()) == own_files(compile_schema())


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the shipped file, or check it; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m sessile.ops.proto.build", description="Compile the schema.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the shipped file is out of date")
    if parser.parse_args(arguments).check:
        current = is_current()
        print(f"{SHIPPED.name} is {'up to date' if current else 'out of date: run this without --check'}")
        return 0 if current else 1
    SHIPPED.write_bytes(compile_schema())
    print(f"wrote {SHIPPED} ({SHIPPED.stat().st_size} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
