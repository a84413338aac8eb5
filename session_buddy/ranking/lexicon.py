"""The word index of the examples, in memory: BM25 and TF-IDF over them.

BM25 with k1 = 1.2 and b = 0.75: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond"
(2009), with the idf of Lucene, log(1 + (N - df + 0.5) / (df + 0.5)). The TF-IDF centroid is Rocchio's, over texts of
length 1 with (1 + log tf) * idf.
"""

from array import array
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from session_buddy.ranking.growing import Growing
from session_buddy.ranking.tokens import tokens

K1, B = 1.2, 0.75
# A token in so large a share of the texts, at least so many, tells them too little apart to be looked up.
# The time of a call falls by a third, and recall@1 moves by 0.1.
COMMON_SHARE, COMMON_LEAST = 0.25, 64
# The norms follow the idf when so many texts have come or gone: any with few texts, else this share.
EXACT, STALE_SHARE = 200, 0.05
_TF_BITS, _MOST_TF = 8, 255

Numbers = np.ndarray[Any, np.dtype[Any]]


class Match(NamedTuple):
    """What a query's words say: BM25 of each text, and the TF-IDF cosine with each text, by document number."""

    bm25: Numbers
    cosine: Numbers


class Lexicon:
    """Texts by their tokens. A text is added once and known by its document number; a removed one matches nothing."""

    def __init__(self) -> None:
        self._vocabulary: dict[str, int] = {}
        self._postings: list[array[int]] = []
        self._texts_with = Growing(np.float64)
        self._tokens: list[tuple[Numbers, Numbers]] = []
        self._length = Growing(np.float64)
        self._norm = Growing(np.float64)
        self._alive = Growing(np.float64)
        self._count = 0
        self._changed = 0
        self._total = 0

    @property
    def documents(self) -> int:
        """How many document numbers were given out."""
        return len(self._tokens)

    @property
    def dead(self) -> int:
        return self.documents - self._count

    def add(self, text: str) -> int:
        """Index a text and return its document number."""
        document = self.documents
        counted = Counter(tokens(text))
        identities = np.fromiter((self._identity(token) for token in counted), np.int32, len(counted))
        uses = np.fromiter((min(_MOST_TF, used) for used in counted.values()), np.int32, len(counted))
        for identity, used in zip(identities.tolist(), uses.tolist(), strict=True):
            self._postings[identity].append(document << _TF_BITS | used)
            self._texts_with.values[identity] += 1
        self._tokens.append((identities, uses))
        self._length.append(float(uses.sum()))
        self._alive.append(1.0)
        self._count += 1
        self._total += int(uses.sum())
        self._changed += 1
        self._norm.append(float(np.linalg.norm(self._weights(document))))
        return document

    def remove(self, document: int) -> None:
        """Let a text match nothing any more."""
        if self._alive.values[document]:
            self._alive.values[document] = 0.0
            self._count -= 1
            self._total -= int(self._length.values[document])
            self._texts_with.values[self._tokens[document][0]] -= 1
            self._changed += 1

    def refresh(self) -> bool:
        """Bring the norms up to the idf of today where that has moved. Returns whether any norm changed."""
        if self._changed <= (STALE_SHARE * self._count if self._count > EXACT else 0):
            return False
        self._changed = 0
        for document in range(self.documents):
            self._norm.values[document] = float(np.linalg.norm(self._weights(document)))
        return True

    def match(self, text: str) -> Match:
        """BM25 and cosine of every text with this one; both 0 where they share no token."""
        counted = Counter(tokens(text))
        identities = np.fromiter((self._vocabulary.get(token, -1) for token in counted), np.int32, len(counted))
        rarity = self._idf(identities)
        weights = (1 + np.log(np.fromiter(counted.values(), np.float64, len(counted)))) * rarity
        most = max(COMMON_LEAST, COMMON_SHARE * self._count)
        there = [at for at, one in enumerate(identities) if one >= 0 and self._texts_with.values[one] > 0]
        known = [at for at in there if self._texts_with.values[identities[at]] <= most] or there
        if not known:
            return Match(np.zeros(self.documents), np.zeros(self.documents))
        lists = [np.frombuffer(self._postings[identities[place]], np.uint32) for place in known]
        packed, sizes = np.concatenate(lists), [len(one) for one in lists]
        documents, uses = (packed >> _TF_BITS).astype(np.intp), (packed & _MOST_TF).astype(np.float64)
        idf = np.repeat(rarity[known], sizes)
        size = self._length.values[documents] * (max(1, self._count) / max(1, self._total))
        saturated = idf * uses * (K1 + 1) / (uses + K1 * (1 - B + B * size))
        bm25: Numbers = np.bincount(documents, saturated, self.documents) * self._alive.values
        product = np.repeat(weights[known], sizes) * (1 + np.log(uses)) * idf
        norms = np.maximum(self._norm.values, 1e-9) * max(1e-9, float(np.linalg.norm(weights)))
        cosine: Numbers = np.bincount(documents, product, self.documents) * self._alive.values / norms
        return Match(bm25, np.minimum(cosine, 1.0))

    def centroid_norm(self, documents: Iterable[int], weights: Iterable[float]) -> float:
        """The length of the weighted sum of these texts' TF-IDF vectors, each of length 1."""
        parts, values = [], []
        for document, weight in zip(documents, weights, strict=True):
            norm = max(1e-9, float(self._norm.values[document]))
            parts.append(self._tokens[document][0])
            values.append(self._weights(document) * (weight / norm))
        if not parts:
            return 0.0
        identities, numbers = np.concatenate(parts), np.concatenate(values)
        order = np.argsort(identities, kind="stable")
        starts = np.flatnonzero(np.diff(identities[order], prepend=-1))
        return float(np.linalg.norm(np.add.reduceat(numbers[order], starts))) if len(starts) else 0.0

    def _identity(self, token: str) -> int:
        identity = self._vocabulary.setdefault(token, len(self._vocabulary))
        if identity == len(self._postings):
            self._postings.append(array("I"))
            self._texts_with.append(0.0)
        return identity

    def _idf(self, identities: Numbers) -> Numbers:
        """Of tokens by number, -1 for one that no text has."""
        texts = self._texts_with.values
        found = np.where(identities >= 0, texts[identities], 0.0) if len(texts) else np.zeros(len(identities))
        return np.log1p(np.maximum(0.0, self._count - found + 0.5) / (found + 0.5))

    def _weights(self, document: int) -> Numbers:
        identities, uses = self._tokens[document]
        weighted: Numbers = (1 + np.log(uses)) * self._idf(identities)
        return weighted
