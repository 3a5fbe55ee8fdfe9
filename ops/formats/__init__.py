"""Bytes on disk, without a graph: checksums, records, string tables, tensor bundles, event files, images, sounds."""
