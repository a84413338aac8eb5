# ruff: noqa: E501, SIM905 - a table of names
"""Files that hold keys, passwords, states or stores: by their names, and by what they begin with.

A skill's folder is served to every program that speaks to the server, so such a file is not served, whatever brought it
there. Names are compared without case; a backup's ending (`.bak`, `~`, `.old` and the like) does not hide a name.
"""

import re

# So many bytes of a file show what it holds; a key further down is found when the file is read whole.
LOOKED_AT = 64 * 1024

NAMES = frozenset(
    """
    id_rsa id_dsa id_ecdsa id_ecdsa_sk id_ed25519 id_ed25519_sk  ssh_host_rsa_key ssh_host_ecdsa_key
    ssh_host_ed25519_key authorized_keys
    credentials credentials.json credentials.yaml credentials.yml credentials.toml credentials.xml credentials.csv
    credentials.ini credentials.txt credentials.db credentials.tfrc.json accesskeys.csv rootkey.csv
    secret secrets secret.json secrets.json secret.yaml secrets.yaml secret.yml secrets.yml secrets.toml secrets.ini
    secrets.txt secret.txt secrets.env secrets.py secrets.properties master.key production.key
    service-account.json service_account.json serviceaccount.json service-account-key.json service_account_key.json
    serviceaccountkey.json gcp-key.json gcloud.json application_default_credentials.json client_secret.json
    client_secrets.json firebase-adminsdk.json  googleservice-info.plist token.json tokens.json
    token.pickle token.txt auth.json oauth.json keyfile.json adc.json access_tokens.db msal_token_cache.json
    kubeconfig kube.config kubeconfig.yaml kubeconfig.yml admin.conf k3s.yaml talosconfig kubelet.conf
    _netrc netrc npmrc _npmrc pypirc pgpass pgpass.conf my.cnf mylogin.cnf dockercfg dockerconfigjson yarnrc.yml gemrc
    htpasswd passwd shadow gshadow sudoers smbpasswd vault_pass vault-pass vault_pass.txt vault-password.txt
    vault_password .vault_pass passwords passwords.txt passwords.csv password.txt logins.json key3.db key4.db
    cookies.txt cookies.sqlite cookies.json login.keychain wallet.dat wallet.json keystore.json keystore seed.txt
    mnemonic.txt tfstate terraform.tfvars terraform.rc  local.settings.json
    appsettings.production.json wp-config.php    sitemanager.xml
    recentservers.xml  rclone.conf s3cfg s3cfg.ini ansible_vault.yml vault.yml vault.yaml
    secring.gpg pubring.kbx trustdb.gpg bash_history zsh_history psql_history mysql_history python_history
    node_repl_history rediscli_history
    """.split()
)
ENDINGS = (
    ".env", ".key", ".pem", ".p12", ".pfx", ".p8", ".pkcs12", ".pk8", ".jks", ".jceks", ".bks", ".keystore", ".truststore",
    ".kdbx", ".kdb", ".ppk", ".asc", ".gpg", ".pgp", ".age", ".keytab", ".ovpn", ".rdp", ".kubeconfig", ".tfstate",
    ".tfvars", ".tfvars.json", ".tfplan", ".htpasswd", ".netrc", ".npmrc", ".pypirc", ".pgpass", ".agilekeychain",
    ".opvault", ".1pif", ".1pux", ".psafe3", ".enpassdb", ".keychain", ".keychain-db", ".wallet", ".mobileprovision",
    ".sqlite", ".sqlite3", ".sqlite-wal", ".sqlite3-wal", ".db", ".db3", ".db-wal", ".duckdb", ".duckdb.wal", ".mdb",
    ".accdb", ".dump", ".rdb", ".pcap", ".pcapng", ".har", ".cer.key", ".session", ".cookies", ".spool",
)  # fmt: skip
_KINDS = (
    r"id_(?:rsa|dsa|ecdsa|ed25519)(?:[._-](?!pub\Z).*)?|(?:.*[._-])?(?:service[._-]?account|gcp[._-]?(?:sa|key)|firebase-adminsdk)"
    r"(?:[._-].*)?\.(?:json|p12)|client_secret[._-].*\.json|(?:.*[._-])?kubeconfig(?:[._-].*)?|(?:.*\.)?tfstate(?:\..*)?"
    r"|env\.(?:local|prod|production|dev|development|staging|test)|utc--.*|(?:.*[._-])?wallet(?:[._-].*)?\.(?:dat|json)"
    r"|(?:.*[._-])?(?:credentials?|secrets?)\.(?:json|ya?ml|toml|ini|csv|xml|env|properties|txt)"
    r"|wg\d*\.conf|(?:.*[._-])?htpasswd(?:[._-].*)?"
)
_BACKUP = re.compile(r"(?:~|[._-](?:bak|backup|old|orig|save|swp|tmp|copy|\d{1,8}))+\Z", re.IGNORECASE)
_NAMED = re.compile(_KINDS, re.IGNORECASE | re.DOTALL)

_CONTENT = re.compile(
    rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[ \t\r\n]|\\+[nr]){1,8}"
    rb"(?:[A-Za-z0-9+/]{16}|Proc-Type|Version:|Comment:)"
    rb"|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----|PuTTY-User-Key-File-\d: [^\n]{1,60}\r?\n"
    rb"|AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{40}"
    rb"|\"private_key\"[ \t\r\n]*:[ \t\r\n]*\"-----BEGIN|client-key-data:[ \t]*\"?[A-Za-z0-9+/]{40}"
    rb"|^[ \t]*machine[ \t]+\S{1,200}[ \t\r\n]+login[ \t]+\S{1,200}[ \t\r\n]+password[ \t]+\S"
    rb"|_authToken[ \t]*=[ \t]*[A-Za-z0-9_-]{16}|\$ANSIBLE_VAULT;"
    rb"|\"terraform_version\"[ \t]*:|^\[Interface\]\r?\nPrivateKey",
    re.MULTILINE,
)
# Files of databases, key stores and packet captures, by their first bytes.
_BEGINNINGS = (
    b"SQLite format 3\0", b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce", b"\x03\xd9\xa2\x9a", b"age-encryption.org/v1",
    b"REDIS0", b"\xd4\xc3\xb2\xa1", b"\x0a\x0d\x0d\x0a", b"openssh-key-v1\0", b"Salted__",
)  # fmt: skip


def has_secret_name(name: str) -> bool:
    """Whether a file or folder of this name is taken for one that holds a secret."""
    lower = _BACKUP.sub("", name.lower())
    return any(
        one in NAMES or one.endswith(ENDINGS) or _NAMED.fullmatch(one) is not None for one in {lower, name.lower()}
    )


def holds_secret(data: bytes) -> bool:
    """Whether a file's content is a private key, a store, or a configuration with a password."""
    if data.startswith(_BEGINNINGS) or data[8:12] == b"DUCK":
        return True
    return _CONTENT.search(data) is not None
