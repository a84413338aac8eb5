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
    ours, most = (best["recall_at_1"]["percent"], found["methods"]["most_used"]["recall_at_1"]["percent"])
    few = "" if found["left_out"] >= ENOUGH else f" These are only {found['left_out']} problems; from about {ENOUGH} "
    return (
        f"For {ours:.0f} of 100 past problems the skill that was used comes first; always naming the most used skill "
        f"would be right for {most:.0f}." + (few and f"{few}on the figures mean something.")
    )


def _confident(found: dict[str, Any]) -> list[str]:
    number = found["learned_from"]
    learned = f"learned from {number} of them" if number else "built in, for want of history"
    right, other = _percent(found["right_when_confident"]), _percent(found["right_when_not"])
    silent = _percent(found["silent_when_nothing_fits"])
    return [
        f"`confident` needs a fit of {found['threshold']:.2f} ({learned}); {_percent(found['share'])} have it.",
        f"The first skill is right for {right} of these, and for {other} of the others.",
        f"With the right skill taken away, {silent} are not confident, as it should be.",
    ]


def _reliability(found: dict[str, Any]) -> list[str]:
    rows = [
        f"{one['low']:.2f} to {one['high']:.2f}  {_interval(one['right']):>16}  {one['right']['n']:>6}"
        for one in found["reliability"]
    ]
    return [f"{'fit of the first':12}  {'it is right':>14}  {'of':>6}", *rows]


def _notes(found: dict[str, Any]) -> list[str]:
    of_all = "" if found["left_out"] + found["unknowable"] >= found["past_problems"] else ", drawn at random"
    how = "meaning and words" if found["ranking"] == "semantic" else "words only (no vectors)"
    notes = [
        f"{found['left_out']} of {found['past_problems']} completed or open problems{of_all}, each left out once and "
        f"asked for; ranked by {how}. In brackets: 95 % intervals."
    ]
    if "with_classifier" in found["methods"]:
        notes.append("The classifier is tried on problems that it has not seen, a fifth at a time.")
    return [*notes, *_unknowable(found)]


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
