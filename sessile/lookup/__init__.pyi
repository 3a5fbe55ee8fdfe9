"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.lookup import experimental as experimental
from sessile.ops.library.lookup.initializers import KeyValueTensorInitializer as KeyValueTensorInitializer
from sessile.ops.library.lookup.initializers import TextFileIndex as TextFileIndex
from sessile.ops.library.lookup.initializers import TextFileInitializer as TextFileInitializer
from sessile.ops.library.lookup.static import StaticHashTable as StaticHashTable
from sessile.ops.library.lookup.vocabulary import StaticVocabularyTable as StaticVocabularyTable
