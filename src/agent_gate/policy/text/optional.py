"""Words around a command that make it optional: what it needs beyond the repository, and the cases in which only it is asked for."""

from __future__ import annotations

from agent_gate.policy.text.words import ANY_CASE, Pattern

_I = ANY_CASE
_CASES = Pattern(
    r"^\W*(?:for|during) (?:an? |any |large |big |major )*(?:refactor\w*|upgrades?|migrations?|hotfix\w*|releases?|investigations?|experiments?)\b|\bwatch mode\b|^\W*watch\b|\boptional(?:ly)?\b|\bnightly\b|\bonly (?:(?:if|when)(?! (?:all|every|each|both|these|the following|it pass|they pass))|for|needed|run|on)\b|\bonly\*\* (?:if|when)|\bunless (?:explicitly )?(?:asked|requested|needed|required|told)\b"
    r"|\bif (?:needed|necessary|required|you (?:need|want|have(?! (?:chang|modif|edit|touch|add|made|updat))|like|prefer|ever|must|really|get|see|receive|encounter|hit|run into))\b|\bwhen needed\b|\bas needed\b|\bnot (?:needed|required|necessary)\b|\bno need to\b"
    r"|\(manual(?:ly)?\b|\bmanual(?:ly)? (?:\([^()]*\) )?(?:runs?|tests?|testing|checks?|verif\w+|trigger\w*|start\w*|invo\w+|steps?|only)\b|\b(?:run|runs|executed?|invoked?|triggered|started|tested|done|verified) manually\b"
    r"|\b(?:if|when|where) (?:added|configured|available|present|installed|set up|enabled|it exists)\b|\b(?:pushes|publishes|uploads) to\b|(?<!never )(?<!not )(?<!n't )\bskip\b(?! (?:the )?(?:tests?|slow|format|checks|integration)\b)|\bslow\b[^.]*\bonly\b|\bopt-in\b"
    r"|\b(?:if|when|where) (?:[\w-]+ ){1,4}(?:is |are )?(?:configured|available|installed|enabled)\b|\bif (?:you(?:'re| are)? )?us(?:e|ing)\b|\b(?:when|if|for) [^.;<>]{1,40}[<>]=? ?v?\d"
    r"|\bfor (?:older|old|legacy|previous) (?:\w+ )?versions?\b|\bfor (?:manual |local |interactive )*debugging\b|\b(?:forever|indefinitely|endlessly)\b|\bin an? (?:continuous |endless |infinite )?(?:loop|cycle)\b|\bincludes docker\b"
    r"|\bwhen (?:you need|auditing|repairing|debugging|investigating|troubleshooting|migrating|upgrading|profiling|experimenting|exploring|onboarding|reproducing)\b|\bwhen (?:that|this|it) is (?:the right|enough)\b"
    r"|\b(?:maintainers?|releases?|ci)[- ]only\b|\bonly (?:in|by) (?:ci|maintainers?|releases?|the pipeline)\b|\b(?:from|on) (?:an? )?(?:windows|mac(?:os)?) (?:machine|host|box)\b|\bfrom powershell\b|\b(?:windows|mac(?:os)?)[- ]only\b|\bexperimental\b|\bdeprecated\b|\byou can also\b|[(\u2013\u2014-] ?avoid\b(?=\W*$)|\b(?:takes?|about|several|many|~) ?(?:\d+ |an )?hours?\b",
    _I,
)
_ON_REQUEST = Pattern(
    r"\bon (?:request|demand)\b|\bnot (?:for|meant for|intended for) (?:agents?|you|automation)\b|\bunless (?:explicitly )?(?:asked|requested|told)\b|\bmaintainers?[- ]only\b",
    _I,
    "request|demand|not |unless|maintainer",
)
_SERVICE = (
    r"(?:docker|running|credentials|api|configured|(?:\w+ )?(?:remotes?|devices?|emulators?|simulators?|servers?|backends?|clusters?|containers?|services?|licen[cs]es?|vpn|instances?|connection|databases?|db|browsers?|chrome|chromium|firefox)\b|(?:keys?|tokens?|accounts?)\b"
    r"|gpu|hardware|root|sudo|live|external|real|postgres\w*|mysql|mongo\w*|redis|kafka|network access|internet|mac\b|macos|windows|xcode)\b"
)
_NEEDS = (
    Pattern(
        rf"\b(?:requir(?:es?|ing)|needs?) (?:[^.;)]{{0,40}}\brunning\b|(?:an? |the |running |your |valid |real |\w+ (?=credentials|(?:api )?(?:keys?|tokens?)\b))*{_SERVICE})"
        r"|\b(?:credentials|(?:api|access|secret|signing) keys?|tokens?|devices?|emulators?|simulators?|hardware|docker|gpu|network|root|internet|servers?|clusters?|databases?) (?:are |is |must be )?(?:required|needed|set)\b",
        _I,
        "requir|need|set",
    ),
    Pattern(
        r"\b(?:set|spin|bring|start)s? (?:up )?(?:an? |the )?(?:\w+ ){0,4}(?:clusters?|containers?|databases?|vms?|emulators?|testnet|devnet)\b",
        _I,
        "set|spin|bring|start",
        "cluster|container|database|vm|emulator|testnet|devnet",
    ),
    Pattern(
        r"\b(?:against|on) (?:an? |the )?(?:remote|real|live|running|deployed|staging|production|physical)\b|\bon (?:an? |the )?(?:hardware|devices?|target)\b|\breal (?:\w+ )?(?:api|credentials|account)\b|\b[A-Z]+_(?:API_KEY|TOKEN|SECRET|PAT)\b"
        r"|\blive (?:external )?(?:apis?|services?|tests?|clusters?|servers?|providers?)\b|\bmust be (?:running|connected|started)\b",
        _I,
        "against|on |real|_|live|must be",
    ),
)
_NEEDS_NOTHING = Pattern(  # "no credentials needed"
    r"\bno (?!need\b)[\w, /-]{1,40}? (?:needed|required|necessary)\b|\b(?:does not|doesn'?t|do not|don'?t|without) (?:need|requir)\w*\b[^.;,)]*",
    _I,
    "need|requir|necessary",
    "no|don|doesn|without",
)
_STARTED = Pattern(
    r"\b(?:must|should|needs? to|has to|have to) be (?:up|running|started|reachable)\b|\b(?:running|listening|available) (?:on|at) `?(?:localhost|port|127\.)|\bstart (?:the |all |up )*(?:required )?(?:services?|stack|containers?|databases?|backend)\b"
    r"|\bdocker[ -]compose (?:-\S+ \S+ )?up\b|\b(?:requires?|needs?) (?:an? |the )?(?:running|live) ",
    _I,
    "be |running|listening|available|start|docker|require|need",
)


def on_request(text: str) -> bool:
    """Whether a text says that what follows it is run only when somebody asks for it."""
    return bool(_ON_REQUEST.search(text))


def is_optional(text: str) -> bool:
    """Whether a text says that a command is asked for in some cases only, or needs what a repository does not have."""
    text = _NEEDS_NOTHING.sub(" ", text)
    return on_request(text) or bool(_CASES.search(text)) or any(need.search(text) for need in _NEEDS)


def needs_services(text: str) -> bool:
    """Whether a text wants services to be up before what follows it."""
    return bool(_STARTED.search(text))
