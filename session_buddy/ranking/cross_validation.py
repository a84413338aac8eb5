"""The process that tells what a classifier says of examples it has not seen: each fold by one fitted to the others.

It reads what `fitting` reads, and writes one JSON line {"rows", "skills"} and the logits (rows x skills, 32-bit floats,
NaN for a skill that the others did not have).
"""

import json
import os
import sys
import threading

import numpy as np

from session_buddy.ranking import fitting
from session_buddy.ranking.fitting import Examples, Numbers

FOLDS = 5


def main() -> int:
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    fitting.give_way()
    examples = fitting.read(sys.stdin.buffer)
    threading.Thread(target=fitting.end_with_the_hub, args=(sys.stdin.buffer,), daemon=True).start()
    logits = unseen(examples)
    replies.write(json.dumps({"rows": len(logits), "skills": logits.shape[1]}).encode() + b"\n")
    replies.write(logits.astype("<f4").tobytes())
    replies.flush()
    return 0


def unseen(examples: Examples) -> Numbers:
    """The logits of every past query by a classifier that has not seen it (rows x skills); NaN for descriptions."""
    skills = int(examples.skill.max()) + 1
    made = np.full((len(examples.skill), skills), np.nan, np.float32)
    order = np.random.default_rng(0).permutation(np.flatnonzero(~examples.described))
    for held in np.array_split(order, FOLDS):
        rest = np.setdiff1d(np.arange(len(examples.skill)), held)
        if len(held) and len(np.unique(examples.skill[rest])) > 1:
            known, weights = fitting.fit(Examples(*(part[rest] for part in examples)))
            made[np.ix_(held, known)] = examples.vectors[held] @ weights[:, :-1].T + weights[:, -1]
    return made


if __name__ == "__main__":
    sys.exit(main())
