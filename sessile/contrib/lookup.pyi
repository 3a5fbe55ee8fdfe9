"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.lookup.initializers import KeyValueTensorInitializer as KeyValueTensorInitializer
from sessile.ops.library.lookup.initializers import TableInitializerBase as TableInitializerBase
from sessile.ops.library.lookup.initializers import TextFileIdTableInitializer as TextFileIdTableInitializer
from sessile.ops.library.lookup.initializers import TextFileIndex as TextFileIndex
from sessile.ops.library.lookup.initializers import TextFileInitializer as TextFileInitializer
from sessile.ops.library.lookup.initializers import TextFileStringTableInitializer as TextFileStringTableInitializer
from sessile.ops.library.lookup.interface import LookupInterface as LookupInterface
from sessile.ops.library.lookup.mutable import MutableDenseHashTable as MutableDenseHashTable
from sessile.ops.library.lookup.mutable import MutableHashTable as MutableHashTable
from sessile.ops.library.lookup.static import HashTable as HashTable
from sessile.ops.library.lookup.static import InitializableLookupTableBase as InitializableLookupTableBase
from sessile.ops.library.lookup.vocabularies import index_table_from_file as index_table_from_file
from sessile.ops.library.lookup.vocabularies import index_table_from_tensor as index_table_from_tensor
from sessile.ops.library.lookup.vocabularies import index_to_string as index_to_string
from sessile.ops.library.lookup.vocabularies import index_to_string_table_from_file as index_to_string_table_from_file
from sessile.ops.library.lookup.vocabularies import index_to_string_table_from_tensor as index_to_string_table_from_tensor
from sessile.ops.library.lookup.vocabularies import string_to_index as string_to_index
from sessile.ops.library.lookup.vocabularies import string_to_index_table_from_file as string_to_index_table_from_file
from sessile.ops.library.lookup.vocabularies import string_to_index_table_from_tensor as string_to_index_table_from_tensor
from sessile.ops.library.lookup.vocabulary import FastHashSpec as FastHashSpec
from sessile.ops.library.lookup.vocabulary import HasherSpec as HasherSpec
from sessile.ops.library.lookup.vocabulary import IdTableWithHashBuckets as IdTableWithHashBuckets
from sessile.ops.library.lookup.vocabulary import StrongHashSpec as StrongHashSpec
