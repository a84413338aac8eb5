# ruff: noqa: E501 - tables of patterns
"""Secrets that are recognised by their structure or their surroundings: keys in blocks, URLs, headers, options, labels.

Each pattern is linear: it scans on past no place where it could start again, or only for a bounded number of characters.
The secret is the group `s`, or else the whole match.
"""

# Values that only stand for a secret: variables, templates, stars, links, paths, words.
REAL = (
    r"(?!\[masked|\$(?:[{(]|[a-z_]+\b)|[<{(*]|%[({]|x{4}|\.{3}|your[-_]|https?:"
    r"|[~.]{0,2}/[a-z_.-]*(?:/|\b)|[a-z]:\\"
    r"|(?:required|optional|undefined|redacted|secretstr|password|passwort|api_?key|secret_?key|null|none|true|false"
    r"|(?:hashed|encrypted|new|old|current|confirm|raw|plain|user|input|form)_password)\b)"
)
NOT_CODE = r"(?!(?:os|self|this|env|config|settings|process|import)\.|[a-z_.]+(?:\(|\[(?!masked: )))"

# What may stand between a label such as "password" and its value: ": ", " = '", '\": \"', ":** ".
EQUALS = "[\"'`*\\\\]{0,8}(?:(?<=[\"'])\\])?[ \t]{0,8}(?>=>|:=|={1,3}|[:\uff1a\uff1d])\\*{0,2}[ \t]{0,8}"

_BLOCK = (
    r"(?i:-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)"
    # not a sentence about such a line
    r"(?=[ \t]*(?:\r?\n|\\+[nr]|<br|[A-Za-z0-9+/]{16}|\Z)|[\"'][ \t,+]{0,4}\s{1,8}[\"'][A-Za-z0-9+/]{16})"
    r"[\s\S]*?(?:(?i:-----END [A-Z0-9 ]{0,40}-----)|\Z)"
)
_SSH2 = r"---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----\s[\s\S]*?(?:---- END [A-Z0-9 ]{0,40} ----|\Z)"
# The base64 form of a PEM block that is neither a certificate nor a public key.
_ENCODED = (
    r"(?:LS0tLS1CRUdJTiB(?!DRVJUSUZ|QVUJMSUM|ORVcgQ0VS|YNTA5)|b3BlbnNzaC1rZXktdjEA)[A-Za-z0-9+/=]{20,}"
    r"(?:\s{1,4}[A-Za-z0-9+/=]{40,})*"
)
_PUTTY = r"PuTTY-User-Key-File-\d:[^\n]{0,60}(?:\n|\\n)[\s\S]*?(?:Private-MAC:[ \t]{0,8}[0-9a-fA-F]*|\Z)"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_PARAMETER = (
    r"[?&#;](?:access_?token|refresh_?token|id_?token|auth_?token|session_?token|token|jwt|api_?key|apikey|key|sig"
    r"|signature|secret|client_secret|password|passwd|pwd|pass|auth|code|sid|session(?:_?id)?|ticket|otp"
    r"|x-amz-(?:signature|security-token|credential)|x-goog-(?:signature|credential)|subscription-key)"
    r"=(?!\[masked)"
)
_SCHEME = r"(?:bearer|token|bot|ssws|apikey|api-key|key|genie-?key|splunk|negotiate|digest|basic|oauth)"

_LABEL = r"(?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|pwd)"
# A value behind a weaker connection than a mark: it holds a digit.
_MIXED = rf"{REAL}{NOT_CODE}(?=[^\s\"'`|]{{0,64}}\d)"
_MIXED_VALUE = rf"(?P<s>{_MIXED}[^\s\"'`|,;<>(){{}}]{{6,}})"

# Tokens within one word: (kind, hints of which such a word holds one, pattern). The hint "" stands for any word.
TOKENS = (
    ("Slack webhook", ("hooks.slack",), r"https?://hooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]{8,}"),
    ("webhook", ("/api/webhooks/",), r"https?://[\w.-]{0,40}discord(?:app)?\.com/api/webhooks/[\w/-]{20,}"),
    ("webhook", ("webhook.office.com",), r"https?://[\w-]{1,60}\.webhook\.office\.com/[\w/@-]{20,}"),
    ("webhook", ("hooks.zapier.com",), r"https?://hooks\.zapier\.com/hooks/[\w/-]{8,}"),
    ("Slack token", ("xox",), r"(?<![A-Za-z0-9])xox[a-z](?:\.xox[a-z])?-[\w-]{10,}"),
    ("JWT", ("eyJ", "ZXlK"), r"(?<![\w-])(?:eyJ|ZXlK)[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]+){1,3}"),
    ("Azure client secret", ("Q~",), r"(?<![\w~.-])[\w~.]{3}\dQ~[\w~.-]{28,}"),
    ("Azure DevOps token", ("AZDO",), r"(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4,}[\w-]*"),
    ("Azure key", ("JQQJ9",), r"(?<![A-Za-z0-9])[A-Za-z0-9]{52}JQQJ9[9D][A-Za-z0-9]{20,}[\w-]*"),
    (
        "Azure key", ("+ASt", "+ACDb", "AzCa", "AzSe", "AzFu", "+ABa", "AIoT"),
        r"(?<![\w/+])[\w/+]{20,76}(?:\+ASt|\+ACDb|AzCa|AzSe|AzFu|\+ABa|AIoT)[\w/+]{4,}={0,2}",
    ),
    ("Discord token", ("",), r"(?<![\w-])[MNO][A-Za-z\d_-]{22,28}\.[\w-]{6}\.[\w-]{27,}"),
    ("Telegram token", (":A",), r"(?<!\d)\d{6,12}:A[\w-]{30,}"),
    ("Terraform token", (".atlasv1.",), r"(?<![A-Za-z0-9])[A-Za-z0-9]{10,20}\.atlasv1\.[\w=-]{40,}"),
    ("Asana token", ("",), r"(?<![\w/])[0-2]/\d{10,20}(?:/\d{10,20})?:[0-9a-f]{30,}[\w-]*"),
    ("Mailchimp key", ("",), r"(?<![\w-])[0-9a-f]{32}-us\d{1,2}(?![\w-])"),
    ("Mailgun key", ("",), r"(?<![\w-])[0-9a-h]{32}-[0-9a-h]{8}-[0-9a-h]{8}(?![\w-])"),
    ("New Relic key", ("NRAL",), r"(?<![A-Za-z0-9])[0-9a-f]{32,36}[A-Z]{0,4}NRAL[\w-]*"),
    ("MaxMind key", ("_mmk",), r"(?<![A-Za-z0-9])[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk[\w-]*"),
    ("JetBrains token", ("perm",), r"(?<![\w])perm[:-][\w=-]{8,}\.[\w=-]{4,}\.[\w=-]{20,}"),
    ("Salesforce token", ("!",), r"(?<![A-Za-z0-9])00D[A-Za-z0-9]{12,15}![\w.]{40,}"),
    ("Vault token", ("",), r"(?<![\w.])s\.(?=[A-Za-z]{0,23}\d)(?=[^A-Z]{0,23}[A-Z])[A-Za-z0-9]{24}(?![\w.])"),
    ("Twitch token", ("oauth:",), r"(?<!\w)oauth:[a-z0-9]{28,}[\w-]*"),
    ("extended private key", ("prv",), r"(?<![A-Za-z0-9])[xyzt]prv[A-HJ-NP-Za-km-z1-9]{90,}[\w-]*"),
    ("1Password secret key", ("A3-",), r"(?<![\w-])A3-[A-Z0-9]{6}-[A-Z0-9]{5,11}(?:-[A-Z0-9]{5}){3,4}[\w-]*"),
    ("Airtable token", ("",), r"(?<!\w)pat[A-Za-z0-9]{14}\.[0-9a-f]{50,}[\w-]*"),
    ("ClickHouse key", ("4b1d",), r"(?<![A-Za-z0-9])4b1d(?=[0-9a-z]{0,37}[A-Z])[A-Za-z0-9]{38}(?![A-Za-z0-9])"),
    ("LaunchDarkly key", ("",), rf"(?<![\w-])(?:api|sdk|mob|rel)-{_UUID}(?![\w-])"),
    ("Resend key", ("",), r"(?<!\w)re_[A-Za-z0-9]{6,12}_[A-Za-z0-9]{18,}[\w-]*"),
    ("Twitter token", ("A" * 21,), r"(?<![\w+/])A{20,}(?=[A-Za-z0-9]{0,90}%)[A-Za-z0-9%]{60,}"),
)  # fmt: skip

_CELLS = tuple(
    f"{word}{end}|"
    for word in ("word", "passwd", "phrase", "secret", "token", "key", "pwd")
    for end in ("", " ", "  ", "`", "` ", "**", "** ", ":", ": ", "\t")
)
_WEAKLY_LABELLED = tuple(
    ("labelled secret", hints, f"(?i){pattern}")
    for hints, pattern in (
        # Calls: define('DB_PASSWORD', '…'), setProperty("db.password", "…"), setPassword("…").
        (('("', "('"), rf"\w\([\"'][\w.:-]{{0,40}}{_LABEL}[\"'],[ \t]{{0,4}}[\"']{_MIXED_VALUE}"),
        (("set_", "setp", "sett", "sets", "seta"), rf"\bset_?{_LABEL}\([\"']{_MIXED_VALUE}"),
        (("securestring",), rf"securestring[ \t]{{1,4}}(?:-string[ \t]{{1,4}})?[\"']{_MIXED_VALUE}"),
        # Variables of shells: setx NAME …, setenv NAME …, set -gx NAME ….
        (
            ("setx ", "setenv ", "set -"),
            rf"\b(?:setx|setenv|set[ \t]{{1,4}}-\w{{1,4}})[ \t]{{1,4}}\"?\w{{0,40}}(?:{_LABEL}|pass|key|pw)\"?[ \t]{{1,4}}[\"']?{_MIXED_VALUE}",
        ),
        # YAML: a block below the label, or a pair of a name and a value.
        ((": |", ": >"), rf"{_LABEL}[\"']?:[ \t]{{1,4}}[|>][+-]?\s{{1,40}}{_MIXED_VALUE}"),
        (
            ("value:", "value=", 'value":', "value':", 'value" :'),
            rf"\b(?:name|key)[\"']?[ \t]{{0,2}}[:=][ \t]{{0,2}}[\"']?[\w.-]{{0,40}}{_LABEL}[\"']?,?\s{{1,40}}[\"']?value[\"']?[ \t]{{0,2}}[:=][ \t]{{0,2}}[\"']?{_MIXED_VALUE}",
        ),
        (('value="',), rf"\bvalue=\"{_MIXED_VALUE}\"\s{{1,4}}(?:key|name)=\"[\w.:-]{{0,40}}{_LABEL}\""),
        (("%3d",), rf"{_LABEL}%3D{REAL}(?=[^\s%]{{0,64}}\d)(?P<s>[^\s&\"'`%]{{8,}})"),
        (
            ("postgres", "mysql://", "mariadb:", "mongodb", "redis", "amqp", "mssql:", "sqlserver:", "ftp://"),
            rf"\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|mssql|sqlserver|s?ftp)://[^\s/:@]{{0,60}}:{REAL}(?P<s>[^\s\"'`<>\[\]]{{4,128}})@[\w.-]",
        ),
        # Commands that read a secret from a pipe or a string.
        (
            ("stdin",),
            rf"\b(?:echo|printf)[ \t]{{1,4}}(?:-n[ \t]{{1,4}})?[\"']?{_MIXED_VALUE}[\"']?[ \t]{{0,4}}\|[^\n|]{{0,120}}-stdin",
        ),
        (("<<<",), rf"(?:token|stdin|password)[ \t]{{0,4}}<<<[ \t]{{0,4}}[\"']?{_MIXED_VALUE}"),
        (
            ("htpasswd -",),
            rf"\bhtpasswd[ \t]{{1,4}}-\w{{0,6}}b\w{{0,6}}[ \t]{{1,4}}\S{{1,80}}[ \t]{{1,4}}\S{{1,60}}[ \t]{{1,4}}[\"']?{_MIXED_VALUE}",
        ),
        (("wpa_passphrase ",), rf"\bwpa_passphrase[ \t]{{1,4}}\S{{1,60}}[ \t]{{1,4}}[\"']?{_MIXED_VALUE}"),
        # Tables of text, and of tabs.
        (_CELLS, rf"{_LABEL}(?:[`:]|\*\*)?[ \t]{{0,2}}\|[ \t`]{{0,8}}{_MIXED_VALUE}[ \t`]{{0,8}}\|"),
        (("\t",), rf"\b{_LABEL}\t{{1,4}}{_MIXED_VALUE}"),
        (
            ("word \u2192", "word\u2192", "word ->", "word->"),
            rf"\bpassword[ \t]{{0,4}}(?:\u2192|->)[ \t]{{0,4}}[`\"']?{_MIXED_VALUE}",
        ),
        (("word's", "word\u2019s"), rf"\bpassword['\u2019]s[ \t]{{1,4}}{_MIXED_VALUE}"),
        (
            ("pin:", "pin=", "pin =", "pin-code", "pin code", "pincode"),
            r"(?<![\w-])pin(?:[ -]?code)?[ \t]{0,2}[:=][ \t]{0,3}(?P<s>\d{4,8})(?![\w.-])",
        ),
        (("psk", "presharedkey"), rf"\b(?:psk|presharedkey)[ \t]{{0,4}}=[ \t]{{0,4}}[\"']?{_MIXED_VALUE}"),
        # Lines of .pgpass.
        (
            (":5432:", ":5433:", ":*:"),
            rf"(?<![\w.:*-])[\w.*-]{{1,80}}:(?:\d{{4,5}}|\*):[\w*-]{{1,40}}:[\w*-]{{1,40}}:{_MIXED_VALUE}",
        ),
    )
)

# The same for everything else; the hints are in lower case.
PATTERNS = (
    ("private key", ("-----begin",), _BLOCK),
    ("private key", ("---- begin ssh2",), _SSH2),
    ("private key", ("ls0tls1crudjtib", "b3blbnnzac1rzxktdjea"), _ENCODED),
    ("private key", ("\"kty\"",), r"\"(?:d|k|p|q|dp|dq|qi)\"\s{0,4}:\s{0,4}\"(?P<s>[\w-]{16,})\""),
    ("private key", ("putty-user-key-file-",), _PUTTY),
    ("URL password", ("@",), rf"""(?i)://[^\s/:@]*:{REAL}(?P<s>[^\s/"'`]+)@"""),
    ("URL token", ("@",), r"""://(?=[^\s/:@"'`]{0,64}\d)(?=[^\s/:@"'`]{0,64}[A-Za-z])(?P<s>[^\s/:@"'`\[\]]{20,})@"""),
    ("labelled secret", ("?", "&", "#", ";"), rf"(?i){_PARAMETER}(?=[^\s&\#]{{0,64}}[\d%])(?P<s>[^\s&\#\"'`<>\[\]]{{8,}})"),
    (
        "credential", ("authorization",),
        rf"(?i)authorization[^\w\n]{{1,8}}(?:bearer|{_SCHEME}(?=\s+\S{{0,64}}[\d=]))[ \t]{{1,8}}"
        r"(?!authorization)(?P<s>[\w.~+/=-]{8,})",
    ),
    (
        "credential", ("authorization",),
        r"(?i)authorization[\"'`\\]{0,3}[ \t]{0,4}[:=][ \t\"'`]{0,4}(?=\S{0,64}\d)(?P<s>[\w.~+/=-]{20,})",
    ),
    ("credential", ("bearer",), r"(?i)\bbearer[ \t]{1,8}(?=\S{0,64}\d)(?P<s>[\w.~+/=-]{16,})"),
    ("credential", ("basic ",), r"\b(?i:basic)[ \t]{1,4}(?=[A-Za-z0-9+/]{0,64}[\d=])(?=\S{0,64}[A-Z])(?P<s>[A-Za-z0-9+/]{14,}={0,2})"),
    ("cookie", ("cookie",), r"(?i)cookie[\"'`\\]{0,3}[ \t]{0,4}[:=][ \t\"'`]{0,4}(?=[\w.%-]{1,128}=)(?P<s>[^\n\"'`]{8,})"),
    (
        "AWS secret key", ("secret",),
        rf"(?i)(?:aws[_-]?secret[_-]?|secret[_-]?access[_-]?)key(?:{EQUALS}|[ \t]{{1,4}})[\"'`\\]{{0,3}}(?P<s>[\w/+=]{{30,}})",
    ),
    (
        "AWS secret key", ("akia", "asia", "[masked: aws access key]"),
        r"\[masked: AWS access key\][\s,;:|\"'/]{1,8}(?P<s>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    ),
    (
        "recovery phrase", ("seed", "nemonic", "phrase"),
        rf"(?i)(?:seed|mnemonic|phrase|recovery|words)(?:{EQUALS}|[ \t]{{1,4}}(?:is|was)[ \t:]{{1,4}})[\"'`]?"
        r"(?P<s>(?:[a-z]{3,8}[ \t\n,]{1,3}){11,23}[a-z]{3,8}\b)",
    ),
    ("labelled secret", ("</",), r"(?i)<(?:[\w:.-]{0,40}(?:password|passwd|secret|token|api-?key))(?:\s[^<>]{0,80})?>(?!\[masked)(?P<s>[^<>\s$]{6,})</"),
    (
        "labelled secret", ("value=",),
        r"(?i)key=\"[\w:.-]{0,40}(?:password|secret|token|apikey)\"\s{1,4}value=\"(?!\[masked)(?P<s>[^\"\n]{4,})\"",
    ),
    ("labelled secret", ("\"auth\"",), r"\"auth\"[ \t]{0,4}:[ \t]{0,4}\"(?P<s>[A-Za-z0-9+/=]{12,})\""),
    ("labelled secret", ("login ", "login\n"), r"\blogin[ \t\n]{1,8}\S{1,80}[ \t\n]{1,8}password[ \t\n]{1,8}(?!\[masked)(?P<s>\S{4,})"),
    *_WEAKLY_LABELLED,
    ("labelled secret", ("pass:",), r"(?<=\s)-(?:pass|passin|passout)[ \t]{1,4}[\"']?pass:(?!\[masked)(?P<s>[^\s\"']{4,})"),
)  # fmt: skip

# Options of programs that take a secret: (the option with what follows up to the secret, programs before it).
OPTIONS = (
    (r"-p(?!(?:ort|rotocol|ager|rompt)\b)(?P<s>[^\s\"'`=-][^\s\"'`]{3,})", ("mysql", "mariadb", "7z", "sshpass", "mycli")),
    (r"-p[ =][\"']?(?P<s>[^\s\"'`-][^\s\"'`]{3,})", ("sshpass", "mongo", "login", "az ", "expect", "keytool")),
    (r"-(?:[a-zA-Z]{0,4}u|-user|U|-proxy-user)[ =]?[\"']?[^\s:\"'`]{1,80}[:%](?P<s>[^\s\"'`]{4,})", ("curl", "http", "wget", "smb", "xh ")),
    (r"-[awP][ =][\"']?(?P<s>[^\s\"'`-][^\s\"'`]{3,})", ("redis-cli", "ldap", "zip", "sqlcmd", "bcp ", "rar")),
    (r"-[kK][ \t]{1,4}[\"']?(?P<s>[^\s\"'`-][^\s\"'`]{5,})", ("openssl enc", "openssl aes", "openssl des")),
    (r"-(?:b|-cookie)[ =]?[\"']?(?P<s>[\w.-]{1,40}=[^\s\"'`]{12,})", ("curl", )),
)  # fmt: skip
