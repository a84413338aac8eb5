# ruff: noqa: E501 - tables of texts
"""Secrets are masked by format, by structure and by label; ordinary text is kept."""

import pytest

from session_buddy.common import secret_formats
from session_buddy.common.secret_text import mask_secrets
from session_buddy.skills.privacy import MAX_TEXT, clean, stored_form

# Every secret here is made up, and put together from pieces so that secret scanners let this file be.
LETTERS = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zC" * 5
DIGITS = "0123456789abcdef" * 16
CAPITALS = "A7B6C5D4E3F2G2H3" * 16
BODIES = {secret_formats.HEX: DIGITS, secret_formats.UPPER: CAPITALS}
HIDDEN = "hunter2" + "Hunter2"
TOKEN = LETTERS[:40]

FORMATS = [
    (kind, prefix, BODIES.get(body, LETTERS)[: max(least, 30)])
    for kind, body, least, prefixes in secret_formats.FORMATS
    for prefix in prefixes
]
LABELLED = [
    ("tool --password ", HIDDEN, " login"), ("tool --password=", HIDDEN, ""), ("gh auth --token ", DIGITS[:40], ""),
    ("deploy --api-key '", TOKEN, "'"), ("mysql -u root -p", HIDDEN, " prod"), ("sshpass -p ", HIDDEN, " ssh host"),
    ("curl -u admin:", HIDDEN, " https://host/api"), ("curl --user admin:", HIDDEN, " https://host"),
    ("docker login -u me -p ", HIDDEN, ""), ("redis-cli -a ", HIDDEN, " ping"), ("openssl x -passin pass:", HIDDEN, ""),
    ("DB_PASS=", HIDDEN, ""), ("PGPASSWORD=", HIDDEN, " psql"), ("export JWT_SECRET=", TOKEN, ""),
    ("ENCRYPTION_KEY=", TOKEN, ""), ("NETLIFY_AUTH_TOKEN=", TOKEN, ""), ("MAIL_PW=", HIDDEN, ""),
    ("the password is: ", "aX9pQz", ""), ("my password is ", HIDDEN, " please rotate it"), ("set the password to ", HIDDEN, ""),
    ("passwort: ", HIDDEN, ""), ("contrase\u00f1a: ", HIDDEN, ""), ("mot de passe : ", HIDDEN, ""), ("\u5bc6\u7801\uff1a", HIDDEN, ""),
    ("\u043f\u0430\u0440\u043e\u043b\u044c: ", HIDDEN, ""), ("password\uff1a", HIDDEN, ""), ("PASSWORD \u0130\u0130 password: ", HIDDEN, ""),
    ("Cookie: ", f"sessionid={TOKEN}; csrftoken={TOKEN}", ""), ("set-cookie: ", f"session={TOKEN}; HttpOnly", ""),
    ("x-api-key: ", TOKEN, ""), ("PRIVATE-TOKEN: ", TOKEN, ""), ("curl -H 'Bearer ", TOKEN, "'"),
    ("Authorization: SSWS ", TOKEN, ""), ("proxy-authorization: Basic ", TOKEN[:30] + "==", ""),
    ("https://", TOKEN, "@github.com/o/r.git"), ("https://x/cb?access_token=", TOKEN, "&a=1"),
    ("https://x/cb?state=1&code=", TOKEN, ""), ("https://x.blob.core.windows.net/c?sr=c&sig=", TOKEN + "%3D", ""),
    ("http://127.0.0.1:40123/?token=", TOKEN, ""), ("//registry.npmjs.org/:_authToken=", TOKEN, ""), ("_auth=", TOKEN + "==", ""),
    ("AccountKey=", TOKEN + "==", ";EndpointSuffix=x"), ("SharedAccessKey=", TOKEN + "=", ""), ("<password>", HIDDEN, "</password>"),
    ("machine host login me password ", HIDDEN, ""), ('"auth": "', TOKEN, '"'), ("client-key-data: ", TOKEN, ""),
    ('os.environ["DB_PASSWORD"] = "', HIDDEN, '"'), ("config['api_key'] = '", HIDDEN, "'"), ("define('DB_PASSWORD', '", HIDDEN, "');"),
    ('System.setProperty("db.password", "', HIDDEN, '")'), ('user.setPassword("', HIDDEN, '")'), ("set_token('", TOKEN, "')"),
    ("setx API_KEY ", HIDDEN, ""), ("setenv DB_PASSWORD ", HIDDEN, ""), ("set -gx GH_TOKEN ", TOKEN, ""), ("set -x MAIL_PW '", HIDDEN, "'"),
    ("password: |\n  ", HIDDEN, ""), ("api_key: >-\n    ", HIDDEN, ""), ("- name: DB_PASSWORD\n  value: ", HIDDEN, ""),
    ('{"name": "API_TOKEN", "value": "', HIDDEN, '"}'), ('<add value="', HIDDEN, '" key="ApiToken"/>'),
    ('{\\\\\\"password\\\\\\":\\\\\\"', HIDDEN, '\\\\\\"}'), ("?a=1%26token%3D", HIDDEN, ""), ("password%3D", HIDDEN, "%26a%3D1"),
    ("curl -su admin:", HIDDEN, " https://host"), ("curl -sSLu admin:", HIDDEN, " https://host"), ("curl -b 'session=", TOKEN, "'"),
    ("postgres://me:", "p/w@x!9zQ", "@host/db"), ("amqp://me:", "a/b#c1d2", "@host:5672/v"), ("echo ", HIDDEN, " | docker login -u me --password-stdin"),
    ("printf '", HIDDEN, "' | gh auth login --token-stdin"), ("gh auth login --with-token <<< ", TOKEN, ""), ("| password | ", HIDDEN, " |"),
    ("| **API token** | `", HIDDEN, "` |"), ("password\t", HIDDEN, ""), ("pw: ", HIDDEN, ""), ("the root pw is ", HIDDEN, ""), ("PIN: ", "483920", ""),
    ("pin code: ", "4839", ""), ("PresharedKey = ", TOKEN, "="), ('psk="', HIDDEN, '"'), ("wpa_passphrase home ", HIDDEN, ""),
    ("host:5432:db:user:", HIDDEN, ""), ("*:*:*:user:", HIDDEN, ""), ("openssl enc -aes-256-cbc -k ", HIDDEN, " -in x"), ("htpasswd -b file user ", HIDDEN, ""),
    ("password \u2192 ", HIDDEN, ""), ("my password's ", HIDDEN, ""), ("AK" + "IAIOSFODNN7EXAMPLE ", TOKEN, ""), ('ConvertTo-SecureString "', HIDDEN, '" -Force'),
    ("seed: ", " ".join(["abandon", "ability", "able", "about"] * 3), ""),
]  # fmt: skip
WHOLE = [
    f"{'MT' + LETTERS[:24]}.G{LETTERS[:5]}.{LETTERS[:38]}", f"1234567890:AA{LETTERS[:33]}", f"aB38Q~{LETTERS[:34]}",
    f"{LETTERS[:76]}AZDO{LETTERS[:4]}", f"{LETTERS[:14]}.atlasv1.{LETTERS[:67]}", f"1/1234567890123456:{DIGITS[:32]}",
    f"{DIGITS[:32]}-us12", f"https://discord.com/api/webhooks/123456789/{LETTERS[:60]}",
    f"https://x.webhook.office.com/webhookb2/{LETTERS[:60]}", "A3-ABCDEF-ABCDEFGHIJK-ABCDE-ABCDE-A1B2C",
    "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n" + LETTERS[:64] + "\nPrivate-MAC: " + DIGITS[:64],
    "xo" + "xe.xo" + "xp-1-" + LETTERS[:40],
    "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t" + LETTERS, "LS0tLS1CRUdJTiBFQyBQUklWQVRF" + LETTERS, "b3BlbnNzaC1rZXktdjEA" + LETTERS,
    "---- BEGIN SSH2 ENCRYPTED PRIVATE" + " KEY ----\n" + LETTERS + "\n---- END SSH2 ENCRYPTED PRIVATE" + " KEY ----",
    "-----BEGIN PRIVATE" + " KEY-----<br>" + LETTERS, '-----BEGIN PRIVATE' + ' KEY-----"\n"' + LETTERS, "-----begin private" + " key-----\n" + LETTERS,
]  # fmt: skip
ORDINARY = [
    "token: the parser reads it", "password reset flow is broken", "the password is wrong", "the --token flag is ignored",
    "use --password instead of --secret when calling it", "key: value pairs in the config", "PRIMARY_KEY=user_id",
    "PASS: tests/test_parser.py", "id 123e4567-e89b-12d3-a456-426614174000 and 0190e0c0-0000-7000-8000-000000000003",
    "git show 3f786850e387550fdab836ed7e6dc881de23001b", "sha256 " + "9f86d081884c7d659a2feaa0c55ad015" * 2,
    "session_buddy/common/secret_formats.py:120 and tests/skills/test_privacy.py", "https://github.com/o/r/blob/main/a.py#L10-L20",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "https://host/list?page=2&sort=name&limit=50", "git@github.com:someone/something.git", "mail me@example.org about it",
    "password: hashed_password", "mysql -port 3306 -protocol tcp", '["password", "username1"]', "| password | text, at least 8 characters |",
    "set -x TOKEN", "pin: 13 of the board, and pins: 4", "PIN 2024", "name: build\n  value: 12345678", "password -> hash", "pw: the prompt",
    "a:5432:b", "certificate LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUNvRENDQVlnQ0NRRGI=", "echo done | tee -a out.txt", "setToken(newToken2)",
    "| token | string |", '{"kty":"RSA","e":"AQAB"}', "the psk = value of the network", "curl -b cookies.txt https://host/page",
    "cookie: the banner is missing", "cookies: we use none", "bearer authentication fails", "basic understanding of types",
    "seed: the random generator with a fixed number", "docker run -p 8080:80 nginx", "mkdir -p build/output/files",
    "ssh -p 2222 host", "curl -u $USER:$TOKEN https://host", "mysql -p", "--password $DB_PASSWORD", "auth: bearer tokens are used",
    "def key(self, token: str, secret: bytes) -> None:", "const token = await getToken()", "password: z.string().min(8)",
    "the key is in the drawer", "pip install scikit-learn==1.5.2 pandas==2.2.3", "the sk-learn-compatible-estimator-of-this-package",
    "api-gateway-service-v2-with-a-long-name-of-its-own", "patterns.of.some.long.module.path.v2.in.this.package.here.and.there",
    "password is base64 encoded", "the token pass-through mode", "aria-hidden and data-testid attributes", "x" * 200, "A" * 200,
]  # fmt: skip


@pytest.mark.parametrize(("kind", "prefix", "body"), FORMATS)
def test_a_token_of_every_known_format_is_masked(kind: str, prefix: str, body: str) -> None:
    masked, count = mask_secrets(f"use '{prefix}{body}' now")
    assert (body in masked, count) == (False, 1)
    assert masked.startswith("use '[masked: ")
    assert masked.endswith("' now")


@pytest.mark.parametrize(("before", "secret", "after"), LABELLED)
def test_only_the_value_behind_a_label_is_masked(before: str, secret: str, after: str) -> None:
    masked = clean(f"please run {before}{secret}{after}").text
    assert secret not in masked
    assert "[masked: " in masked
    assert masked.startswith("please run ")


@pytest.mark.parametrize("secret", WHOLE)
def test_a_secret_of_a_known_structure_is_masked(secret: str) -> None:
    masked = clean(f"use {secret}").text
    assert masked.startswith("use [masked: ")
    assert masked.endswith("]")


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_and_code_is_kept(text: str) -> None:
    assert clean(text) == (text, ())


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\u2060\u200d", "\ufeff"])
def test_an_invisible_character_hides_no_token(hidden: str) -> None:
    token = "gh" + "p_" + LETTERS[:36]
    for place in (2, 4, 20):
        assert clean(f"use {token[:place]}{hidden}{token[place:]}").text == "use [masked: GitHub token]"


def test_joiners_of_scripts_and_pictures_are_kept() -> None:
    text = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 and \U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert clean(text).text == text


def test_a_text_far_beyond_the_limit_is_cut_and_cleaned() -> None:
    for piece in ('password="', "gh" + "p_" + LETTERS[:36] + " ", "x", "<private>a</private> b "):
        cleaned = stored_form(piece * (3_000_000 // len(piece)))
        assert len(cleaned.text) <= MAX_TEXT
        assert LETTERS[:36] not in cleaned.text
        assert "The text was cut at 32,768 characters." in cleaned.notes


def test_a_source_with_a_date_is_named() -> None:
    assert "2026" in secret_formats.SOURCE
