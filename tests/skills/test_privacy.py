"""What is cut from a text before it is stored."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from session_buddy.skills.privacy import MAX_TEXT, Cleaned, clean

# Every secret here is made up, and put together from pieces so that secret scanners let this file be.
LETTERS = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zC"
HEX = "0123456789abcdef" * 2
JWT = ".".join(("eyJ" + LETTERS, "eyJ" + LETTERS[::-1], LETTERS + "_-"))
PEM_LINES = "\n".join(["MIIE" + LETTERS * 2] * 3)
PEM = f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{PEM_LINES}\n-----END RSA {'PRIVATE'} KEY-----"

WHOLE_SECRETS = [
    ("AWS access key", "AK" + "IAIOSFODNN7EXAMPLE"),
    ("AWS access key", "AS" + "IAIOSFODNN7EXAMPLE"),
    *(("GitHub token", f"gh{kind}_" + LETTERS + "1234") for kind in "pousr"),
    ("GitHub token", "github_" + "pat_" + LETTERS + "_" + LETTERS),
    ("GitLab token", "glp" + "at-" + LETTERS[:20]),
    ("Slack token", "xo" + "xb-123456789012-123456789012-" + LETTERS),
    ("Slack token", "xo" + "xp-123456789012-" + LETTERS),
    ("Slack webhook", "https://hooks." + "slack.com/services/T00000000/B00000000/" + LETTERS),
    ("Anthropic key", "sk-" + "ant-api03-" + LETTERS + "-_AA"),
    ("OpenAI key", "sk-" + LETTERS + LETTERS),
    ("OpenAI key", "sk-" + "proj-" + LETTERS + "-_" + LETTERS),
    ("Google key", "AI" + "za" + LETTERS + "-_1"),
    ("Stripe key", "sk_" + "live_" + LETTERS[:24]),
    ("Stripe key", "sk_" + "test_" + LETTERS[:24]),
    ("Stripe key", "rk_" + "live_" + LETTERS[:24]),
    ("npm token", "npm" + "_" + LETTERS + "1234"),
    ("PyPI token", "py" + "pi-AgEIcHlwaS5vcmc" + LETTERS),
    ("Hugging Face token", "hf" + "_" + LETTERS),
    ("SendGrid key", "SG" + "." + LETTERS[:22] + "." + LETTERS + "-_12345678a"),
    ("Twilio key", "SK" + HEX),
    ("Twilio key", "AC" + HEX),
    ("JWT", JWT),
    ("private key", PEM),
    ("private key", PEM.replace("RSA", "OPENSSH")),
]

HIDDEN = "hunter2" + "Hunter2"
LABELLED_SECRETS = [
    ("credential", "Authorization: Bearer ", LETTERS, ""),
    ("credential", "-H 'authorization: bearer ", LETTERS, "'"),
    ("credential", "Authorization: Basic ", LETTERS + "==", ""),
    ("AWS secret key", "aws_secret_access_key = ", LETTERS + "/+abcdef", ""),
    ("AWS secret key", "AWS_SECRET_ACCESS_KEY='", "/" + LETTERS + "/+abcdef", "'"),
    ("URL password", "postgres://someone:", HIDDEN, "@db.example/main"),
    ("URL password", "redis://:", "p@ss#w", "@localhost:6379"),
    ("labelled secret", "password=", HIDDEN, ""),
    ("labelled secret", "Password: ", HIDDEN, ", as before"),
    ("labelled secret", "DB_PASSWORD = ", HIDDEN, "\nDEBUG=1"),
    ("labelled secret", "the **password:** ", HIDDEN, ""),
    ("labelled secret", "password: `", HIDDEN, "`"),
    ("labelled secret", "(passwd := ", HIDDEN, ")"),
    ("labelled secret", "passphrase = '", "correct horse battery", "'"),
    ("labelled secret", '{"password": "', HIDDEN, '"}'),
    ("labelled secret", r"{\"password\": \"", HIDDEN, r"\"}"),
    ("labelled secret", "api_key: ", LETTERS, ""),
    ("labelled secret", "API key: ", LETTERS, "."),
    ("labelled secret", "X-Api-Key: ", HEX, ""),
    ("labelled secret", "secret=", "abcdefghij", ""),
    ("labelled secret", "client_secret: ", LETTERS, ""),
    ("labelled secret", "SECRET_KEY_BASE=", HEX, ""),
    ("labelled secret", "?token=", LETTERS, ""),
    ("labelled secret", 'secret: "', "abcdefghij", '"'),
]

ORDINARY = [
    "the password reset page is broken",
    "rename secret santa to gift exchange, please",
    "install sk-learn, then task-runner-for-the-whole-integration-suite",
    "commit 3f786850e387550fdab836ed7e6dc881de23001b breaks it",
    "id 123e4567-e89b-12d3-a456-426614174000 is missing",
    "see /home/me/project/session_buddy/skills/privacy.py:12",
    r"see C:\Users\me\secret_project\token.py: it fails",
    "git clone https://github.com/someone/something.git",
    "git clone ssh://git@github.com:22/someone/something.git",
    "open http://localhost:8080/login?next=/home@start",
    "password=${DB_PASSWORD}",
    "password == ${DB_PASSWORD}",
    'password="$DB_PASSWORD"',
    "password: <your-password>",
    "password=************",
    "password: {{ vault_password }}",
    "api_key: your_api_key_here",
    "password: required",
    "password=short",
    "PWD=/home/someone/project",
    "login(password=password, api_key=api_key)",
    'password = os.environ["DB_PASSWORD"]',
    "password = get_password()",
    "api_key: Optional[str] = None",
    "the secret: patience and practice",
    "unexpected token: identifier",
    "postgres://someone:${DB_PASSWORD}@localhost/main",
    "Authorization: Bearer <token>",
    "Authorization: Basic authentication is not enough",
    "the log says '-----BEGIN RSA PRIVATE KEY-----' and no more",
    "the naïve café ☕ 日本語 👍",
]

NOTE = re.compile(
    r"[\d,]+ (private part|secret|unusable character)(s were| was) (left out|masked|replaced)\."
    r"|The text was cut at 32,768 characters\."
)

PIECES = [
    *(secret for _, secret in WHOLE_SECRETS),
    *("".join(pieces) for _, *pieces in LABELLED_SECRETS),
    *(before for _, before, _, _ in LABELLED_SECRETS),
    *ORDINARY,
    *("<private>", "</private>", "<PRIVATE >", "<pri", "vate>", "[masked: JWT]", "[masked: ", "[mas", "]"),
    *("://", "@", ":", "=", "/", '"', "'", "`", "\\", "*", "-", "_", ".", ",", " ", "\n", "$", "{", "(", "["),
    *(
        "eyJ",
        "sk-",
        "AKIA",
        "password",
        "secret",
        "token",
        "abcdefgh",
        "1",
        LETTERS,
        "\0",
        "\ud83d",
        "\ude00",
    ),
]
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12).map("".join)
# Enough before the pieces that the cut falls somewhere among them.
LONG = st.builds(lambda tail, room: " " * (MAX_TEXT - room) + tail, HOSTILE, st.integers(0, 200))
ANY_TEXT = st.text(st.characters(exclude_categories=())) | HOSTILE | LONG
PROSE = st.text("abcdefghij \n.,;", max_size=30)


def test_an_ordinary_text_is_kept_as_it_is() -> None:
    assert clean("please fix the failing test") == Cleaned("please fix the failing test", ())


def test_an_empty_text_stays_empty() -> None:
    assert clean("") == Cleaned("", ())


@pytest.mark.parametrize("text", ORDINARY)
def test_what_only_resembles_a_secret_is_kept(text: str) -> None:
    assert clean(text) == Cleaned(text, ())


def test_a_private_part_is_cut_out() -> None:
    assert clean("a<private>b</private>c") == Cleaned("ac", ("1 private part was left out.",))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a<PRIVATE>b</Private>c", "ac"),
        ("a< private >b</ private\n>c", "ac"),
        ("a<private>\nb\n\nb\n</private>c", "ac"),
        ("a<private>b<private>b</private>b</private>c", "ac"),
        ("<private>b</private>", ""),
        ("a<private></private>c", "ac"),
    ],
)
def test_a_private_part_ends_at_the_closing_tag_that_belongs_to_it(text: str, left: str) -> None:
    assert clean(text).text == left


@pytest.mark.parametrize("text", ["a<private>b c\nd", "a<private>b<private>c</private>d"])
def test_a_private_part_that_is_not_closed_goes_on_to_the_end(text: str) -> None:
    assert clean(text) == Cleaned("a", ("1 private part was left out.",))


def test_a_closing_tag_on_its_own_is_removed_without_a_note() -> None:
    assert clean("a</private>b<private>c</private>d</private>") == Cleaned("abd", ("1 private part was left out.",))
    assert clean("a</private>b") == Cleaned("ab", ())


def test_private_parts_are_counted_once_each_however_deep_they_go() -> None:
    text = "<private>a<private>b</private></private>c<private>d</private>e"
    assert clean(text) == Cleaned("ce", ("2 private parts were left out.",))


def test_cutting_a_private_part_out_makes_no_new_tag() -> None:
    assert clean("<pri<private>b</private>vate>c").text == ""


def test_other_tags_are_kept() -> None:
    text = "<privateer> <b>private</b> <private-key/> a < private"
    assert clean(text).text == text


def test_private_parts_are_cut_out_even_when_secrets_are_kept() -> None:
    token = WHOLE_SECRETS[2][1]
    assert clean(f"{token}<private>b</private>", mask_secrets=False).text == token


@pytest.mark.parametrize(("kind", "secret"), WHOLE_SECRETS)
def test_a_secret_in_a_well_known_shape_is_masked(kind: str, secret: str) -> None:
    assert clean(secret) == Cleaned(f"[masked: {kind}]", ("1 secret was masked.",))
    assert clean(f"use ({secret}), please").text == f"use ([masked: {kind}]), please"


@pytest.mark.parametrize(("kind", "before", "secret", "after"), LABELLED_SECRETS)
def test_of_a_labelled_secret_only_the_value_is_masked(kind: str, before: str, secret: str, after: str) -> None:
    masked = f"{before}[masked: {kind}]{after}"
    assert clean(before + secret + after) == Cleaned(masked, ("1 secret was masked.",))


def test_a_labelled_secret_in_a_well_known_shape_is_named_by_its_shape() -> None:
    text = "GITHUB_TOKEN=" + WHOLE_SECRETS[2][1]
    assert clean(text).text == "GITHUB_TOKEN=[masked: GitHub token]"


def test_every_secret_of_a_text_is_counted() -> None:
    text = "\n".join(secret for _, secret in WHOLE_SECRETS)
    assert clean(text).notes == (f"{len(WHOLE_SECRETS)} secrets were masked.",)


@pytest.mark.parametrize(
    "text",
    [
        PEM.partition("\n-----END")[0],
        PEM.partition("\n")[0],
        PEM.partition("\n")[0] + "\nMIIEabc",
        PEM.partition("-----END")[0].replace("\n", r"\n"),
        PEM.partition("-----END")[0].replace("\n", " "),
    ],
)
def test_a_private_key_without_an_end_is_masked_up_to_the_end(text: str) -> None:
    assert clean("key:\n" + text).text == "key:\n[masked: private key]"


def test_what_follows_a_private_key_is_kept() -> None:
    assert clean(f"a {PEM} b {PEM} c").text == "a [masked: private key] b [masked: private key] c"


@pytest.mark.parametrize("secret", [secret for _, secret in WHOLE_SECRETS])
def test_secrets_are_kept_when_that_is_asked_for(secret: str) -> None:
    assert clean(secret, mask_secrets=False) == Cleaned(secret, ())


def test_a_text_of_the_greatest_length_is_kept_whole() -> None:
    assert clean("a" * MAX_TEXT) == Cleaned("a" * MAX_TEXT, ())


def test_a_longer_text_is_cut_and_the_notes_say_so() -> None:
    expected = Cleaned("a" * MAX_TEXT, ("The text was cut at 32,768 characters.",))
    assert clean("a" * (MAX_TEXT + 1)) == expected


def test_only_what_is_left_after_cleaning_counts_towards_the_length() -> None:
    text = "<private>" + "a" * MAX_TEXT + "</private>" + "b" * MAX_TEXT
    assert clean(text) == Cleaned("b" * MAX_TEXT, ("1 private part was left out.",))


def test_a_secret_across_the_cut_is_masked_before_the_cut() -> None:
    secret = WHOLE_SECRETS[2][1]
    cleaned = clean(" " * (MAX_TEXT - 10) + secret)
    assert cleaned.text.endswith(" [masked: G")
    assert len(cleaned.text) == MAX_TEXT


def test_characters_that_cannot_be_stored_are_replaced() -> None:
    assert clean("a\0b\ud800c\udc00") == Cleaned("a\ufffdb\ufffdc\ufffd", ("3 unusable characters were replaced.",))


def test_the_two_halves_of_one_character_are_joined() -> None:
    assert clean("\ud83d\ude00") == Cleaned("\U0001f600", ())


def test_notes_come_in_the_order_of_the_work() -> None:
    text = "\0<private>a</private>" + WHOLE_SECRETS[2][1] + "b " * MAX_TEXT
    assert clean(text).notes == (
        "1 unusable character was replaced.",
        "1 private part was left out.",
        "1 secret was masked.",
        "The text was cut at 32,768 characters.",
    )


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a",
            "\0",
            "\ud800",
            "<private>",
            "</private>",
            "<private></private>",
            "<pri<private></private>vate>",
        ),
        *("<", "eyJ", "eyJ.", "-----BEGIN", "-----BEGIN PRIVATE KEY-----", "https://", "https://a:", "sk-"),
        *(
            "AKIA",
            "SG.",
            "password",
            "password=",
            'password="',
            "token:",
            "authorization: bearer ",
            "[masked: ",
        ),
    ],
)
def test_a_hostile_text_of_a_million_characters_is_cleaned(piece: str) -> None:
    cleaned = clean(piece * (1_000_000 // len(piece)))
    assert len(cleaned.text) <= MAX_TEXT
    assert clean(cleaned.text).text == cleaned.text


@settings(deadline=None)
@given(ANY_TEXT, st.booleans())
def test_cleaning_again_changes_nothing(text: str, mask_secrets: bool) -> None:
    once = clean(text, mask_secrets).text
    assert clean(once, mask_secrets).text == once


@given(ANY_TEXT, st.booleans())
def test_a_cleaned_text_can_always_be_stored(text: str, mask_secrets: bool) -> None:
    cleaned = clean(text, mask_secrets).text
    assert len(cleaned) <= MAX_TEXT
    assert "\0" not in cleaned
    assert cleaned.encode().decode() == cleaned


@given(ANY_TEXT)
def test_notes_hold_nothing_of_the_text(text: str) -> None:
    assert all(NOTE.fullmatch(note) for note in clean(text).notes)


@given(PROSE, st.sampled_from(WHOLE_SECRETS), PROSE)
def test_a_secret_is_found_wherever_it_stands(before: str, secret: tuple[str, str], after: str) -> None:
    cleaned = clean(f"{before} {secret[1]} {after}")
    assert cleaned == Cleaned(f"{before} [masked: {secret[0]}] {after}", ("1 secret was masked.",))
    assert not any(secret[1] in note for note in cleaned.notes)


@given(PROSE, st.text(), PROSE)
def test_nothing_of_a_private_part_is_left(before: str, private: str, after: str) -> None:
    assert clean(f"{before}<private>{private}</private>{after}").text == before + after


@given(PROSE)
def test_prose_is_kept_as_it_is(text: str) -> None:
    assert clean(text) == Cleaned(text, ())
