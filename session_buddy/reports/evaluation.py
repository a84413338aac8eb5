"""How good the recommendations are, as a table for people."""

from typing import Any

# With fewer than this, the figures say little.
ENOUGH = 50
NAMES = {
    "session_buddy": "session_buddy",
    "with_classifier": "with its classifier",
    "most_used": "most used first",
    "nearest": "nearest past problem",
}


def evaluation_text(found: dict[str, Any]) -> str:
    """A verdict in one sentence, the table, what `confident` is worth, and what restricts all this."""
    if not found["left_out"]:
        return "\n".join([NOTHING, *_unknowable(found)])
    lines = [_verdict(found), "", f"{'':21}  {'first':>16}  {'in first five':>16}    MRR"]
    for name, method in found["methods"].items():
        first, five = (_interval(method[key]) for key in ("recall_at_1", "recall_at_5"))
        lines.append(f"{NAMES[name]:21}  {first:>16}  {five:>16}  {method['mrr']:.3f}")
    return "\n".join([*lines, "", *_confident(found["confident"]), "", *_reliability(found), "", *_notes(found)])


NOTHING = (
    "There is nothing to evaluate yet: no problem was completed with a skill that anything else is known of. "
    "Track skills for a while, or `session-buddy import` a history."
)


def _verdict(found: dict[str, Any]) -> str:
    best = found["methods"].get("with_classifier", found["methods"]["session_buddy"])
    ours, most = (one["recall_at_1"]["percent"] for one in (best, found["methods"]["most_used"]))
    if found["left_out"] >= ENOUGH:
        return (
            f"For {ours:.0f} of 100 past problems the skill that was used comes first; always naming the most used "
            f"skill would be right for {most:.0f}."
        )
    number = found["left_out"]
    problems = "1 past problem" if number == 1 else f"{number} past problems"
    return (
        f"Only {problems} can be left out; from about {ENOUGH} on the figures mean something. The skill that was used "
        f"comes first for {_count(ours, number)} of {number}; always naming the most used skill would be right for "
        f"{_count(most, number)}."
    )


def _count(percent: float, number: int) -> int:
    return round(percent * number / 100)


def _confident(found: dict[str, Any]) -> list[str]:
    number = found["learned_from"]
    learned = f"learned from {number} of these problems" if number else "built in, for want of history"
    lines = [f"`confident` needs a fit of {found['threshold']:.2f} ({learned}); {_percent(found['share'])} have it."]
    for key, of in (("right_when_confident", "where it is confident"), ("right_when_not", "where it is not")):
        if found[key]["n"]:
            lines.append(f"The first skill is right for {_percent(found[key])} {of} (n = {found[key]['n']}).")
    silent = _percent(found["silent_when_nothing_fits"])
    return [*lines, f"With the right skill taken away it should never be confident, and is not for {silent}."]


def _reliability(found: dict[str, Any]) -> list[str]:
    rows = []
    for one in found["reliability"]:
        fits = f"{one['low']:.2f} to {one['high']:.2f}"
        rows.append(f"{fits:21}  {_interval(one['right']):>16}  {one['right']['n']:>16}")
    return [f"{'fit of the first':21}  {'it is right':>16}  {'of':>16}", *rows]


def _notes(found: dict[str, Any]) -> list[str]:
    return [
        f"{_number(found)}, each left out once and asked for; ranked by {_how(found)}. In brackets: 95 % intervals.",
        *_classifier(found),
        *_unknowable(found),
    ]


def _number(found: dict[str, Any]) -> str:
    """How many problems of how many."""
    tried, kept, most = found["left_out"], found["past_problems"], found["kept_per_skill"]
    drawn = "" if tried + found["unknowable"] >= kept else ", drawn at random"
    examples = f" that are kept as examples (at most {most} per skill, those least alike)" if most else ""
    return f"{tried} of {kept} completed or open problems{examples}{drawn}"


def _how(found: dict[str, Any]) -> str:
    if found["ranking"] == "semantic":
        return "meaning and words"
    embedding = found["embedding"]
    if embedding["state"] == "off":
        return "words only (embedding is off)"
    missing = embedding["texts"] - embedding["embedded"]
    return f"words only ({missing} of {embedding['texts']} texts have no vector yet; --wait-for-model waits for them)"


def _classifier(found: dict[str, Any]) -> list[str]:
    if "with_classifier" in found["methods"]:
        return [
            "The first row is without the classifier, which has seen these problems; the second is with classifiers "
            "that have not, a fifth of the problems at a time."
        ]
    return ["No classifier takes part: there is none, or it does not help."] if found["ranking"] == "semantic" else []


def _unknowable(found: dict[str, Any]) -> list[str]:
    count = found["unknowable"]
    if not count:
        return []
    them = (
        "1 problem was the only one of its skill"
        if count == 1
        else f"{count} problems were the only ones of their skill"
    )
    return [f"{them}; nobody could know these, and they do not count above."]


def _interval(share: dict[str, Any]) -> str:
    if share["percent"] is None:
        return "–"
    return f"{share['percent']:.1f} % ({share['low']:.0f}–{share['high']:.0f})"


def _percent(share: dict[str, Any]) -> str:
    return "–" if share["percent"] is None else f"{share['percent']:.0f} %"
