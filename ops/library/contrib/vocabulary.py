"""`contrib.learn.preprocessing`: words as numbers."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

TOKENIZER_RE: Final = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|[\'\w\-]+", re.UNICODE)


def tokenizer(iterator: Iterable[str]) -> Iterator[list[str]]:
    """Yield the words of each text."""
    for text in iterator:
        yield TOKENIZER_RE.findall(text)


class CategoricalVocabulary:
    """Numbers of words, in the order they were met; 0 stands for a word that is not known.

    Args:
      unknown_token: what stands for such a word.
      support_reverse: whether words can be found by their numbers.
    """

    def __init__(self, unknown_token: str = "<UNK>", support_reverse: bool = True) -> None:
        self._unknown_token = unknown_token
        self._mapping: dict[Any, int] = {unknown_token: 0}
        self._support_reverse = support_reverse
        self._reverse_mapping: list[Any] = [unknown_token] if support_reverse else []
        self._freq: dict[Any, int] = {}
        self._freeze = False

    def __len__(self) -> int:
        return len(self._mapping)

    def freeze(self, freeze: bool = True) -> None:
        """Give new words the number 0 from now on; or numbers of their own again."""
        self._freeze = freeze

    def get(self, category: Any) -> int:
        """Return the number of a word; a new one gets the next number, unless the vocabulary is frozen."""
        if category not in self._mapping:
            if self._freeze:
                return 0
            self._mapping[category] = len(self._mapping)
            if self._support_reverse:
                self._reverse_mapping.append(category)
        return self._mapping[category]

    def add(self, category: Any, count: int = 1) -> None:
        """Count a word. The unknown one is not counted."""
        if self.get(category) > 0:
            self._freq[category] = self._freq.get(category, 0) + count

    def trim(self, min_frequency: int, max_frequency: int = -1) -> None:
        """Keep the words that were counted more often than `min_frequency`, and less than `max_frequency` unless it is
        negative; the most frequent ones have the lowest numbers then."""
        by_count = sorted(sorted(self._freq.items()), key=lambda row: row[1], reverse=True)
        kept = [
            (word, count)
            for word, count in by_count
            if count > min_frequency and (max_frequency <= 0 or count < max_frequency)
        ]
        self._freq = dict(kept)
        words = [self._unknown_token, *self._freq]
        self._mapping = {word: number for number, word in enumerate(words)}
        if self._support_reverse:
            self._reverse_mapping = words

    def reverse(self, class_id: int) -> Any:
        """Return the word of a number. Raises: ValueError if the vocabulary does not support that."""
        if not self._support_reverse:
            raise ValueError("This vocabulary wasn't initialized with support_reverse to support reverse() function.")
        return self._reverse_mapping[class_id]


class VocabularyProcessor:
    """Texts as rows of numbers of their words.

    Args:
      max_document_length: the length of a row; longer texts are cut, shorter ones are filled with 0.
      min_frequency: words that are met so often, or less, are not known.
      vocabulary: a CategoricalVocabulary; default: a new one.
      tokenizer_fn: a function from texts to lists of words; default: `tokenizer`.
    """

    def __init__(
        self, max_document_length: int, min_frequency: int = 0, vocabulary: Any = None, tokenizer_fn: Any = None
    ) -> None:
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary or CategoricalVocabulary()
        self._tokenizer = tokenizer_fn or tokenizer

    def fit(self, raw_documents: Iterable[str], unused_y: Any = None) -> VocabularyProcessor:
        """Learn the words of texts; returns this object."""
        for words in self._tokenizer(raw_documents):
            for word in words:
                self.vocabulary_.add(word)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(self, raw_documents: Any, unused_y: Any = None) -> Iterator[Any]:
        """Learn the words of texts, and yield their rows."""
        documents = list(raw_documents)
        self.fit(documents)
        return self.transform(documents)

    def transform(self, raw_documents: Iterable[str]) -> Iterator[Any]:
        """Yield the row of each text: int64 `[max_document_length]`."""
        for words in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            numbers = [self.vocabulary_.get(word) for word in words[: self.max_document_length]]
            row[: len(numbers)] = numbers
            yield row

    def reverse(self, documents: Iterable[Any]) -> Iterator[str]:
        """Yield the text of each row, with blanks between words."""
        for row in documents:
            yield " ".join(self.vocabulary_.reverse(number) for number in row)

    def save(self, filename: str) -> None:
        """Write this object into a file, as Python pickles it."""
        with open(filename, "wb") as file:
            pickle.dump(self, file)

    @classmethod
    def restore(cls, filename: str) -> Any:
        """Read what `save` wrote. Only from files that you trust: reading a pickle runs what it says."""
        with open(filename, "rb") as file:
            return pickle.load(file)
