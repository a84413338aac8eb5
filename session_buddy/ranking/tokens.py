"""What the words of a text are to the lexical ranking."""

import re
from itertools import pairwise

_WORD = re.compile(r"\w+")
# As much of a text as an embedding model reads.
MOST_WORDS = 256
LONGEST_WORD = 40
STEM = 5


def words(text: str) -> list[str]:
    """The words of a text in lower case, the first 256."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(text.lower())[:MOST_WORDS]]


def tokens(text: str) -> list[str]:
    """Each word, its character trigrams with the word's ends marked, and pairs of neighbouring words cut to five
    characters: what is left of a word when it is inflected, misspelt or written without spaces."""
    found = words(text)
    made = [f"^{word}" for word in found]
    for word in found:
        marked = f"^{word}$"
        made.extend(marked[start : start + 3] for start in range(len(word)))
    stems = [word[:STEM] for word in found]
    made.extend(f"{first} {second}" for first, second in pairwise(stems))
    return made
