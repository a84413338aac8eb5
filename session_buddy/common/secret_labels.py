# ruff: noqa: E501 - tables of patterns
"""Secrets by the label before them: `password: …`, `DB_PASS=…`, `--token …`, `the password is …`, in many languages.

A label is found by its last word, which is a fast search, and then the value behind it is judged. The label decides how
much a value has to look like a secret: nearly anything may follow `password:`, but ordinary words follow `token:`.
"""

import re

from session_buddy.common.secret_patterns import EQUALS, NOT_CODE, REAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Pattern

KIND = "labelled secret"
# The length from which a value behind a label is a secret whatever it looks like.
LOOKED_AT = 64

# Any value of eight characters is a secret, or only one with a digit.
STRONG, WEAK = "strong", "weak"
# (word in lower case, the rest of the label, what a value has to be, what has to stand before the word)
_QUALIFIED = (
    r"(?:api|access|auth|private|signing|encryption|account|master|subscription|license|secret|app|function)[ _-]?\Z"
)
LABELS = (
    *((word, "", STRONG, "") for word in (
        "password", "passwd", "passphrase", "passcode", "passwort", "kennwort", "contraseña", "contrasena", "senha",
        "wachtwoord", "hasło", "haslo", "heslo", "пароль", "lösenord", "losenord", "adgangskode", "passord", "salasana",
        "parola", "şifre", "sifre", "jelszó", "lozinka", "κωδικός", "密码", "密碼", "口令", "パスワード", "暗証番号",
        "비밀번호", "كلمة المرور", "كلمة السر", "סיסמה", "סיסמא", "kata sandi", "รหัสผ่าน", "पासवर्ड",
    )),
    ("mot de passe", "", STRONG, ""), ("mot_de_passe", "", STRONG, ""), ("mật khẩu", "", STRONG, ""),
    ("pwd", "", STRONG, ""), ("sharedaccesssignature", "", STRONG, ""), ("client-key-data", "", STRONG, ""),
    ("key", "", STRONG, _QUALIFIED), ("key", "", WEAK, r"x-[a-z-]{1,30}\Z"), ("_authtoken", "", STRONG, ""),
    ("secret", "", STRONG, r"(?:client|api|app|webhook)[ _-]?\Z"), ("secret", "(?=[\"'`]?[ \t]?=)", STRONG, ""),
    ("secret", "", WEAK, ""), ("token", "", WEAK, ""), ("credential", "s?", WEAK, ""), ("_auth", "(?=[ \t]?=)", STRONG, ""),
    ("pass", "", WEAK, r"(?:\A|[^a-z])\Z"), ("pin", "", WEAK, r"(?:\A|[^a-z])\Z"), ("pw", "", WEAK, r"(?:\A|[^a-z])\Z"), ("otp", "", WEAK, r"(?:\A|[^a-z])\Z"),
    ("pat", "(?=[ \t=])", WEAK, r"--?(?:[\w-]{0,20}-)?\Z"),
)  # fmt: skip
_PASS_LABELS = tuple(label for label in LABELS if label[0].isascii() and "pass" in label[0])
_ASCII_LABELS = tuple(label for label in LABELS if label[0].isascii() and label not in _PASS_LABELS)
_OTHER_LABELS = tuple(label for label in LABELS if not label[0].isascii())
# What stands between a label and its value: a mark, a verb, or a blank behind an option.
_LINK = (
    rf"(?:[_-]?(?:base|value|\d{{1,2}}))?(?:(?P<mark>{EQUALS})"
    r"|(?P<verb>\)?[ \t]{1,3}(?:is|was|to|ist|war|lautet|est|es|é|è|for[ \t]\w{1,20}[ \t]is)(?=[ \t:=])[ \t:=]{1,4})"
    r"|(?P<blank>[ \t]{1,4}))(?=\S)"
)
_OPTION = r"(?:\A|[\s\"'`(\[,])--?[\w-]{0,24}\Z"
_BEFORE = 40

# Names of variables in capitals, which tell them from words: (name, whether long values need no second look).
NAMES = (
    ("PASS", True), ("PW", True), ("PSWD", True), ("SECRET", True), ("TOKEN", True), ("AUTH", False), ("DSN", False),
    ("CREDENTIALS", False), ("SIGNATURE", False), ("COOKIE", False), ("SALT", False), ("KEY", None),
)  # fmt: skip
# The name comes first in the pattern, since a literal start is searched for much faster.
_ASSIGNED = (
    r"{0}(?:(?<=_{0})|(?<![A-Za-z0-9]{0})|(?<=DB{0})|(?<=PG{0}))(?:_(?:BASE|VALUE|ID|B64|BASE64|\d{{1,2}}))?"
    r"[ \t]{{0,2}}[=:][ \t]{{0,2}}"
)

_VALUE = (
    rf"""(?:"{REAL}(?P<q1>[^"\n]{{4,}})"|'{REAL}(?P<q2>[^'\n]{{4,}})'|`{REAL}(?P<q3>[^`\n]{{4,}})`"""
    rf"""|["'`\\]{{0,8}}{REAL}{NOT_CODE}(?P<bare>(?:(?!\[masked: )[^\s"'`]){{4,}}(?<![.,;:)\]}}>\\])))"""
)
_REAL_VALUE = rf"[\"'`\\]{{0,8}}{REAL}{NOT_CODE}"
# What is said of passwords, and holds digits.
_SAID = (
    r"(?:base|sha|md|utf|argon|oauth|pbkdf|aes|rsa|bcrypt|scrypt|https?|v)-?\d{0,4}(?:[^a-z0-9]|\Z)"
    r"|\d{1,4}[-\u2013]?(?:char|bit|digit|byte|day|step|hour|minute|letter)"
)
_RANDOM = r"\d|[a-z][A-Z]|[!@#$%^&*+=?~]"

_patterns: "dict[str, Pattern[str]]" = {}


def present(lowered: str) -> "list[tuple[str, str, str, str]]":
    """The labels whose word is in a text in lower case."""
    found = [label for label in _ASCII_LABELS if label[0] in lowered]
    if "pass" in lowered:
        found += [label for label in _PASS_LABELS if label[0] in lowered]
    if not lowered.isascii():
        found += [label for label in _OTHER_LABELS if label[0] in lowered]
    return found


def behind(text: str, label: "tuple[str, str, str, str]") -> "Iterator[tuple[int, int, str]]":
    """The spans of the secrets behind a label of LABELS, in order."""
    word, rest, strength, before = label
    lowered, link, position = lower(text), _pattern(re.escape(word) + rest + _LINK), 0
    while found := link.search(lowered, position):
        position = found.end()
        prior = lowered[max(found.start() - _BEFORE, 0) : found.start()]
        if before and not _pattern(before).search(prior):
            continue
        if found["blank"] and not _pattern(_OPTION).search(prior):
            continue
        if span := _value_at(text, position, strength if found["mark"] else "spoken"):
            position = span[1]
            yield span


def set_to(text: str, name: "tuple[str, bool | None]") -> "Iterator[tuple[int, int, str]]":
    """The spans of the secrets that a variable of NAMES is set to, in order."""
    link, position = _pattern(_ASSIGNED.format(name[0]), re.ASCII), 0
    while found := link.search(text, position):
        position = found.end()
        judge = "key" if name[1] is None else "certain" if name[1] and "=" in found[0] else "assigned"
        if span := _value_at(text, position, judge):
            position = span[1]
            yield span


def lower(text: str) -> str:
    """The text in lower case, of the same length: only one character becomes two."""
    return (text if text.isascii() else text.replace("\u0130", "i")).lower()


def is_placeholder(text: str, position: int) -> bool:
    """Whether what begins here only stands for a secret."""
    return not _pattern(_REAL_VALUE, re.ASCII | re.IGNORECASE).match(text, position)


def _value_at(text: str, position: int, judge: str) -> "tuple[int, int, str] | None":
    """The span of the value that begins here, if it is a secret. One that is long is, so that no part of a text is
    looked at again and again."""
    found = _pattern(_VALUE, re.ASCII | re.IGNORECASE).match(text, position)
    if not found:
        return None
    group = found.lastgroup or ""
    if len(found[group]) > LOOKED_AT or _is_secret(found[group], judge, is_quoted=group != "bare"):
        return (*found.span(group), KIND)
    return None


def _is_secret(value: str, judge: str, is_quoted: bool) -> bool:
    is_random = _pattern(_RANDOM).search(value) is not None
    if judge == STRONG:
        return len(value) >= 8 or (len(value) >= 6 and is_random)
    if judge == WEAK:
        return len(value) >= 8 and (is_quoted or _pattern(r"\d").search(value) is not None)
    if judge == "key":
        return len(value) >= 16 and is_random
    if judge == "certain":
        return len(value) >= 12 or (len(value) >= 6 and is_random)
    return len(value) >= 6 and is_random and not _pattern(_SAID, re.IGNORECASE).match(value)


def _pattern(pattern: str, flags: int = 0) -> "Pattern[str]":
    key = pattern if not flags else f"{flags}:{pattern}"
    if key not in _patterns:
        _patterns[key] = re.compile(pattern, flags)
    return _patterns[key]
