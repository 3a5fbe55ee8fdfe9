"""Public names of `strings`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "strings": {
        "ops.families.debugging.printing": "format=string_format",
        "ops.families.strings.joining": "join=string_join reduce_join unsorted_segment_join",
        "ops.families.strings.hash_buckets": (
            "to_hash_bucket=string_to_hash_bucket to_hash_bucket_fast=string_to_hash_bucket_fast "
            "to_hash_bucket_strong=string_to_hash_bucket_strong"
        ),
        "ops.families.strings.numbers": "as_string to_number=string_to_number",
        "ops.families.strings.parts": (
            "length=string_length lower=string_lower strip=string_strip substr upper=string_upper"
        ),
        "ops.families.strings.patterns": "regex_full_match regex_replace",
        "ops.families.strings.scripts": "unicode_script",
        "ops.families.strings.unicode": "unicode_transcode",
        "ops.library.ragged.texts": (
            "bytes_split=string_bytes_split ngrams split unicode_decode unicode_decode_with_offsets unicode_encode "
            "unicode_split unicode_split_with_offsets"
        ),
    },
}
