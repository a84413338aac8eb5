"""A deterministic embedder without a model: real vectors from character n-grams, for tests and tiny machines."""

import zlib

import numpy as np

DIMENSION = 256
SIZES = (3, 4, 5)

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]


class HashingEmbedder:
    """Feature hashing (Weinberger et al., 2009) of the character n-grams of each word, with signs, normalised."""

    dimension = DIMENSION

    def embed(self, texts: list[str]) -> Vectors:
        """Vectors (texts x 256) of length 1; of length 0 for a text without a letter or digit."""
        return np.stack([_vector(text) for text in texts]).astype(np.float32)


def _vector(text: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    vector = np.zeros(DIMENSION)
    for word in text.lower().split():
        padded = f"<{word}>"
        for size in SIZES:
            for start in range(max(1, len(padded) - size + 1)):
                digest = zlib.crc32(padded[start : start + size].encode())
                vector[digest % DIMENSION] += 1.0 if digest & 0x8000_0000 else -1.0
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
