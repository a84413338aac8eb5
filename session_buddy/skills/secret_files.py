# ruff: noqa: E501, SIM905 - a table of names
"""Files that hold keys, passwords, states or stores: by their names, and by what they begin with.

A skill's folder is served to every program that speaks to the server, so such a file is not served, whatever brought it
there. Names are compared without case; a backup's ending (`.bak`, `~`, `.old` and the like) does not hide a name.

A file of any name, `SKILL.md` included, is hidden for a private key, a token in a format that its issuer reserves for
secrets, or a complete configuration with a password. A labelled value such as `password: your-password` hides no file,
since documentation is full of them, and neither does a token that its text marks as an example.
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
    r"|(?:.*[._-])?(?:dot)?env|(?:.*[._-])?(?:deploy|private|ssh|signing)[._-]?key"
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
    rb"|^default[ \t]+login[ \t]+\S{1,200}[ \t\r\n]+password[ \t]+\S|b3BlbnNzaC1rZXktdjEA[A-Za-z0-9+/\r\n]{40}"
    # The base64 form of a PEM block that is neither a certificate nor a public key.
    rb"|LS0tLS1CRUdJTiB(?!DRVJUSUZ|QVUJMSUM|ORVcgQ0VS|YNTA5)[A-Za-z0-9+/]{20}"
    rb"|(?i:secret_?access_?key)[\"']?[ \t]{0,8}[:=][ \t]{0,8}[\"']?(?![A-Za-z0-9/+]{0,33}EXAMPLE)[A-Za-z0-9/+]{40}"
    rb"|_authToken[ \t]*=[ \t]*[A-Za-z0-9_-]{16}|\$ANSIBLE_VAULT;"
    rb"|\"terraform_version\"[ \t]*:|^\[Interface\]\r?\nPrivateKey",
    re.MULTILINE,
)
# Values that are a secret only together with a word elsewhere in the file.
_TOGETHER = (
    (b'"kty"', re.compile(rb'"[dk]"[ \t\r\n]{0,8}:[ \t\r\n]{0,8}"[A-Za-z0-9_-]{16}')),
    (
        b"kind: Config",
        re.compile(rb"^[ \t-]*(?:token|password):[ \t]*[\"']?(?!your|\$|<|\{)[A-Za-z0-9._~+/-]{16}", re.M),
    ),
)
# Only formats that no public value has, so that documentation stays served.
_TOKEN = re.compile(
    rb"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{40,}|gl(?:pat|rt|dt|ptt|soat)-[\w-]{20,}"
    rb"|sk-(?:ant-[a-z]{3,6}\d\d|proj|svcacct|admin)-[\w-]{30,}|xox[abeprs]-[\w-]{30,}|npm_[A-Za-z0-9]{36}"
    rb"|pypi-AgE[\w-]{40,}|[sr]k_live_[A-Za-z0-9]{20,}|hf_[A-Za-z]{30,}|dckr_pat_[\w-]{20,}|shp(?:at|ca|pa|ss)_[0-9a-f]{32}"
    rb"|SG\.[\w-]{20,}\.[\w-]{30,}|do[opr]_v1_[0-9a-f]{64}|hvs\.[\w-]{24,}|GOCSPX-[\w-]{24,}|tskey-[a-z]{3,8}-[\w-]{20,})"
)
_EXAMPLE = re.compile(rb"(?i)example|x{4}|0{5}|12345|abcde|your|dummy|fake|placeholder|sample|redacted|\.\.\.")
# A real token of thirty characters repeats few of them.
_LEAST_DISTINCT = 12
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_WIDE_KEYS = (b"-\0-\0-\0", b"\0-\0-\0-")

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
    """Whether a file's content is a private key, a known token, a store, or a configuration with a password."""
    if data.startswith(_BEGINNINGS) or data[8:12] == b"DUCK":
        return True
    if data.startswith(_WIDE) or any(mark in data for mark in _WIDE_KEYS):
        data = data.replace(b"\0", b"")  # a text of UTF-16 holds its ASCII characters this way
    if _CONTENT.search(data) is not None:
        return True
    if any(word in data and value.search(data) for word, value in _TOGETHER):
        return True
    return any(_is_real(found[0]) for found in _TOKEN.finditer(data))


def _is_real(token: bytes) -> bool:
    return _EXAMPLE.search(token) is None and len(set(token)) >= _LEAST_DISTINCT
