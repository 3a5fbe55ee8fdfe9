"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.families.debugging.printing import string_format as format
from sessile.ops.families.strings.hash_buckets import string_to_hash_bucket as to_hash_bucket
from sessile.ops.families.strings.hash_buckets import string_to_hash_bucket_fast as to_hash_bucket_fast
from sessile.ops.families.strings.hash_buckets import string_to_hash_bucket_strong as to_hash_bucket_strong
from sessile.ops.families.strings.joining import reduce_join as reduce_join
from sessile.ops.families.strings.joining import string_join as join
from sessile.ops.families.strings.joining import unsorted_segment_join as unsorted_segment_join
from sessile.ops.families.strings.numbers import as_string as as_string
from sessile.ops.families.strings.numbers import string_to_number as to_number
from sessile.ops.families.strings.parts import string_length as length
from sessile.ops.families.strings.parts import string_lower as lower
from sessile.ops.families.strings.parts import string_strip as strip
from sessile.ops.families.strings.parts import string_upper as upper
from sessile.ops.families.strings.parts import substr as substr
from sessile.ops.families.strings.patterns import regex_full_match as regex_full_match
from sessile.ops.families.strings.patterns import regex_replace as regex_replace
from sessile.ops.families.strings.scripts import unicode_script as unicode_script
from sessile.ops.families.strings.unicode import unicode_transcode as unicode_transcode
from sessile.ops.library.ragged.texts import ngrams as ngrams
from sessile.ops.library.ragged.texts import split as split
from sessile.ops.library.ragged.texts import string_bytes_split as bytes_split
from sessile.ops.library.ragged.texts import unicode_decode as unicode_decode
from sessile.ops.library.ragged.texts import unicode_decode_with_offsets as unicode_decode_with_offsets
from sessile.ops.library.ragged.texts import unicode_encode as unicode_encode
from sessile.ops.library.ragged.texts import unicode_split as unicode_split
from sessile.ops.library.ragged.texts import unicode_split_with_offsets as unicode_split_with_offsets
