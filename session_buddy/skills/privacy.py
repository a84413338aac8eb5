"""What is cut from a user's text before it is stored."""

import re
from functools import partial
from typing import NamedTuple

from session_buddy.store.ids import normalised

MASK = "[masked: "
"""How what stands for a secret begins."""

MAX_TEXT = 32_768
"""The longest text that is stored, in characters."""

# Each round leaves less that could change: nearly every text needs one, a contrived one a handful.
_ROUNDS = 20


class Cleaned(NamedTuple):
    """A text that may be stored, and what was done to it.

    `notes` are short sentences for a person; they hold nothing of the text itself.
    """

    text: str
    notes: tuple[str, ...]


# What may stand between a label such as "password" and its value: ": ", " = '", '\": \"', ":** ".
_EQUALS = r"""["'`*\\]{0,3}[ \t]{0,8}(?>=>|:=|={1,3}|:)\*{0,2}[ \t]{0,8}"""

# Values that only stand in for a secret: variables, templates, stars, links, paths, words.
_REAL = (
    r"(?!\[masked|\$(?:[{(]|[a-z_]+\b)|[<{(*]|%[({]|x{4}|\.{3}|your[-_]|https?:"
    r"|[~.]{0,2}/[a-z_.-]*(?:/|\b)|[a-z]:\\"
    r"|(?:required|optional|undefined|redacted|secretstr|password|api_?key|secret_?key)\b)"
)
_NOT_CODE = r"(?!(?:os|self|this|env|config|settings|process|import)\.|[a-z_.]+(?:\(|\[(?!masked: )))"

_LABEL = (
    rf"(?:(?:passw(?:or)?d|passphrase|pwd|(?:api|access|auth|private|signing|encryption)[ _-]?key"
    rf"|client[_-]?secret|secret[_-]?key|secret(?=[\"'`]?[ \t]?=))(?:[_-]?(?:base|value|\d{{1,2}}))?{_EQUALS}"
    # These two are ordinary words as well, so the value has to look the part.
    rf"|(?:secret|token){_EQUALS}(?=[\"'`\\]|\S{{0,64}}\d))"
)
_VALUE = (
    rf"""(?:"{_REAL}([^"\n]{{8,}})"|'{_REAL}([^'\n]{{8,}})'|`{_REAL}([^`\n]{{8,}})`"""
    rf"""|["'`\\]{{0,3}}{_REAL}{_NOT_CODE}((?:(?!\[masked: )[^\s"'`]){{8,}}(?<![.,;:)\]}}>\\])))"""
)
_PRIVATE_KEY = (
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?=[ \t]*(?:\r?\n|\\+[nr]|[A-Za-z0-9+/]{16}|\Z))"  # not a sentence about such a line
    r"[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|\Z)"
)

# The secret is the group that matched, or else the whole match. Three rules keep the patterns linear and a
# second cleaning without effect: no pattern may scan on past a place where it could start again, a token
# takes every [\w-] that follows it, and labelled values come last.
_SECRETS = [
    (kind, re.compile(pattern, re.ASCII))
    for kind, pattern in (
        ("private key", _PRIVATE_KEY),
        ("Slack webhook", r"https?://hooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]{8,}"),
        ("Slack token", r"(?<![A-Za-z0-9])(?:xox[a-z]|xapp)-[\w-]{10,}"),
        ("GitHub token", r"gh[pousr]_[A-Za-z0-9]{20,}[\w-]*|github_pat_\w{20,}[\w-]*"),
        ("GitLab token", r"glpat-[\w-]{16,}(?:\.[\w-]{2}\.[\w-]{6,})?"),
        ("Anthropic key", r"(?<![A-Za-z0-9])sk-ant-[\w-]{16,}"),
        (
            "OpenAI key",
            r"(?<![A-Za-z0-9])sk-(?:(?:proj|svcacct|admin)-[\w-]{20,}|(?:or-v1-)?[A-Za-z0-9]{20,}[\w-]*)",
        ),
        ("Stripe key", r"(?<![A-Za-z0-9])[sr]k_(?:live|test)_[A-Za-z0-9]{10,}[\w-]*"),
        ("AWS access key", r"(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}[\w-]*"),
        ("Google key", r"AIza[\w-]{30,}"),
        ("npm token", r"(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}[\w-]*"),
        ("PyPI token", r"(?<![A-Za-z0-9])pypi-(?:AgE[\w-]{16,}|\w{30}[\w-]*)"),
        ("Hugging Face token", r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{20,}[\w-]*"),
        ("SendGrid key", r"(?<![A-Za-z0-9])SG\.[\w-]{16,}\.[\w-]{16,}"),
        ("Twilio key", r"(?<![A-Za-z0-9])(?:AC|SK)[0-9a-f]{32}[\w-]*"),
        ("JWT", r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]+){1,3}"),
        ("URL password", rf"""(?i)://[^\s/:@]*:{_REAL}([^\s/"'`]+)@"""),
        (
            "credential",
            (
                r"(?i)authorization[^\w\n]{1,8}(?:bearer|(?:basic|token)(?=\s+\S{0,64}[\d=]))[ \t]{1,8}"
                r"(?!authorization)([\w.~+/=-]{8,})"
            ),
        ),
        (
            "AWS secret key",
            rf"(?i)(?:aws[_-]?secret[_-]?|secret[_-]?access[_-]?)key{_EQUALS}[\"'`\\]{{0,3}}([\w/+=]{{30,}})",
        ),
        ("labelled secret", rf"(?i){_LABEL}{_VALUE}"),
    )
]

# Nearly every text is fit as it is, and this tells so cheaply: it starts with a plain set of characters,
# which is the fastest search there is.
_UNUSUAL = re.compile(r"[-_.AS:=<\0\ud800-\udfff](?:[\w-]{7}|(?<=[^-_.AS]))", re.ASCII)

# What the patterns need in a text, in lower case. Each begins with a letter as it is, again for speed.
_HINT = re.compile(
    r"-----begin|xox|xapp-|gh[pousr]_|github_pat_|glpat-|sk[-_]|rk_|a[ks]ia|aiza|npm_|pypi-|hf_|sg\.|eyj"
    r"|ac[0-9a-f]{9}|sk[0-9a-f]{9}|hooks\.slack|://[^\s/:@]*:[^\s/]+@|authorization|"
    + "|".join(rf"{word}[\w\"'`*\\-]{{0,20}}[ \t]{{0,8}}[:=]" for word in ("pass", "pwd", "key", "secret", "token")),
    re.ASCII,
)

_TAG = re.compile(r"<\s*+(/?)\s*+private\s*+>", re.ASCII | re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")


def stored_form(text: str, mask_secrets: bool = True, limit: int = MAX_TEXT) -> Cleaned:
    """The text as it is stored: cleaned and normalised until neither changes it any more, so that what was
    exported is imported again as it is. Its `text` may be empty."""
    notes: list[str] = []
    for _ in range(_ROUNDS):
        cleaned = clean(text, mask_secrets, limit)
        notes.extend(note for note in cleaned.notes if note not in notes)
        kept = normalised(cleaned.text)
        if kept == text:
            break
        text = kept
    return Cleaned(text, tuple(notes))


def clean(text: str, mask_secrets: bool = True, limit: int = MAX_TEXT) -> Cleaned:
    """Make `text` fit to be stored.

    What stands between `<private>` and `</private>` is cut out; without a closing tag, everything up to the
    end is. Secrets in well-known shapes become `[masked: kind]`, unless `mask_secrets` is false. The rest
    is cut at `limit` characters. Characters that UTF-8 or a database cannot hold become U+FFFD.

    Cleaning a cleaned text changes nothing. No text raises an error.
    """
    if len(text) <= limit and not _UNUSUAL.search(text):
        return Cleaned(text, ())
    stored = _storable(text)
    public, parts = _without_private(stored)
    masked, secrets = _mask(public) if mask_secrets else (public, 0)
    notes = [
        _note(stored.count("\ufffd") - text.count("\ufffd"), "unusable character", "replaced"),
        _note(parts, "private part", "left out"),
        _note(secrets, "secret", "masked"),
    ]
    if len(masked) > limit:
        masked = _shorten(masked, mask_secrets, limit)
        notes.append(f"The text was cut at {limit:,} characters.")
    return Cleaned(masked, tuple(note for note in notes if note))


def _note(count: int, thing: str, done: str) -> str:
    if not count:
        return ""
    return f"1 {thing} was {done}." if count == 1 else f"{count:,} {thing}s were {done}."


def _storable(text: str) -> str:
    if not text.isascii() and _SURROGATE.search(text):
        # By way of UTF-16, the two halves of one character come together instead of being lost.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "\ufffd")


def _without_private(text: str) -> tuple[str, int]:
    kept, parts, depth, position = [], 0, 0, 0
    for tag in _TAG.finditer(text):
        if depth == 0:
            kept.append(text[position : tag.start()])
        if tag[1]:
            depth = max(depth - 1, 0)
        else:
            parts += depth == 0
            depth += 1
        position = tag.end()
    if depth == 0:
        kept.append(text[position:])
    public = "".join(kept)
    # What stood on either side of a part may make a new tag where it meets.
    return ("[private]".join(kept), parts) if len(kept) > 1 and _TAG.search(public) else (public, parts)


def _mask(text: str) -> tuple[str, int]:
    if not _HINT.search(text.lower()):
        return text, 0
    total = 0
    for kind, pattern in _SECRETS:
        text, count = pattern.subn(partial(_masked, kind), text)
        total += count
    return text, total


def _masked(kind: str, found: re.Match[str]) -> str:
    group = found.lastindex or 0
    before, after = found.start(group) - found.start(), found.end(group) - found.start()
    return f"{found[0][:before]}{MASK}{kind}]{found[0][after:]}"


def _shorten(text: str, mask_secrets: bool, limit: int) -> str:
    text = text[:limit]
    # A cut can turn the last word into something that looks like a secret.
    while mask_secrets and (again := _mask(text)[0][:limit]) != text:
        text = again
    return text
