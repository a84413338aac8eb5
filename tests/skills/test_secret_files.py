"""Files with secrets are recognised by name and content, and documentation is not taken for one."""

import base64

import pytest

from session_buddy.skills.secret_files import has_secret_name, holds_secret

KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----\n"
RANDOM = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.mark.parametrize("name", ["env", "dotenv", "prod_env", "my.dotenv", "Staging-Env", "env.bak", "deploy_key"])
def test_an_environment_file_without_a_dot_is_secret(name: str) -> None:
    assert has_secret_name(name)


@pytest.mark.parametrize("name", ["environment.md", "envelope", "env.md", "envs.py", "key.md", "SKILL.md", "monkey"])
def test_a_name_that_resembles_an_environment_is_served(name: str) -> None:
    assert not has_secret_name(name)


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(KEY.encode()).decode(),
        "data:\n  tls.key: " + base64.b64encode(KEY.replace("PRIVATE", "EC PRIVATE").encode()).decode(),
        "aws_secret_access_key: " + "A1b2C3d4E5" * 4,
        '{"SecretAccessKey": "' + "A1b2C3d4/5" * 4 + '"}',
        '{"kty":"RSA","d":"' + "x1" * 40 + '"}',
        '{"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMko"}',
        "apiVersion: v1\nkind: Config\nusers:\n- user:\n    token: " + "a1B2" * 10,
        "kind: Config\nusers:\n- user:\n    username: x\n    password: hunter2hunter2xyz",
        "default login me password c",
        f"# note\nghp_{RANDOM}",
        f"export NPM=npm_{RANDOM}",
    ],
)
def test_a_secret_in_a_file_is_found(text: str) -> None:
    assert holds_secret(text.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_key_in_a_wide_encoding_is_found(encoding: str) -> None:
    assert holds_secret(KEY.encode(encoding))


@pytest.mark.parametrize(
    "text",
    [
        "Set AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE and password: your-password",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "A token looks like ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.",
        "Use ghp_abcdefghijklmnopqrstuvwxyz0123456789 as a stand-in.",
        "certificate-authority-data: " + base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIC" + b"x" * 60).decode(),
        "kind: Config\nusers:\n- user:\n    token: ${TOKEN_OF_THE_CLUSTER}",
        '{"kty":"RSA","n":"' + "x1" * 40 + '","e":"AQAB"}',
        "password: hunter2hunter2xyz",
    ],
)
def test_documentation_of_a_secret_is_served(text: str) -> None:
    assert not holds_secret(text.encode())
