"""Lock files: every package with its version and the SHA-256 of each of its files, for pip's hash-checking mode."""
