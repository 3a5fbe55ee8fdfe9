"""Written by tools/make_stubs.py from the tables in names/: what the module gives when it is asked."""

from sessile.ops.library.contrib.vocabulary import CategoricalVocabulary as CategoricalVocabulary
from sessile.ops.library.contrib.vocabulary import TOKENIZER_RE as TOKENIZER_RE
from sessile.ops.library.contrib.vocabulary import VocabularyProcessor as VocabularyProcessor
from sessile.ops.library.contrib.vocabulary import tokenizer as tokenizer
