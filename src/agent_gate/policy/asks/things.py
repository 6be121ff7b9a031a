"""The things that a text may demand with a change: tests, docs, other pages, changelog, specs."""

from __future__ import annotations

from agent_gate.policy.asks.demands import Thing

TESTS = Thing(
    hints="test|spec|regression|coverage",
    noun=r"[\w*./-]*(?:\.(?:test|spec)|_test|\btest_[\w*]*|\btests?/[\w./*-]*)\.(?:py|[jt]sx?|go|rs|rb|java|kt|cs|php|exs|swift)\b|(?<![-_/`.\w])(?:(?:XC|PHPUnit |JUnit |unit |e2e )?(?:tests|test ?cases|test classes|(?<!and )(?<!or )(?<!to )(?<!we )(?<!\|)test(?!\|)(?: ?case| coverage| class)?)|specs(?! (?:in|must|are|stay|files?|pages?)\b)|(?<=\ba )spec\b(?! (?:file|doc\w*|page)\b)|`?\bspec/[\w/*-]+`?|regression (?:\w+ )?(?:files?|cases?|suites?)|(?:snapshot|unit|regression|behaviou?ral|integration|functional|e2e) coverage)\b(?!['\u2019]s|(?:-\w| (?:output|results?|plan|evidence|commands?|runs?|data|names?|paths?|filters?|ids?|snapshots?|sections?|dependenc\w+|requirements?|expectations?|files? list|doubles?|fixtures?|helpers?|scripts?|utilit\w+|suites?|environments?|account|framework|executed|execution|policy|policies|strateg\w+|guidelines|conventions|methods?|passes|passing|dir\w*|folders?|mirror\w*|live|files? (?:in|to|under|live))\b|[-_/](?!docs|documentation|specs|updat|add|extend)\w))",
    verbs=r"add|include|write|extend|provide|augment|implement|create|update|adjust|supply|cover",
    verbs_for=r"add|include|write|extend|provide|augment|implement|create|update|adjust|supply|ship|submit|bring|pair|accompany|back|cover|define|commit",
    between=r"\b(?:in|to|of|that|which|when|before|after|for|so|if|until|while|as|how|existing|run|pass|checklist|plan|where|why|what)\b",
)
DOCS = Thing(
    hints="doc|readme|guide|reference|manual|overview|usage|architecture|note|man page|openapi|updating|upgrad|migrat",
    noun=r"(?:(?:(?<![\w./|-])|(?<=tests/)|(?<=code/))(?:docs|(?<=\ba )doc|(?<=the )doc|doc (?:pages?|files?|updates?|entr(?:y|ies)))\b(?!-only|-\w|\|)|\bdocumentation\b(?! (?:urls?|links?|text|strings?|site|build|generator|comments? (?:aligned|in|to|on|for)\b))|\breadmes?\b(?:\.\w+)?|\b(?:migration|upgrade) (?:notes?|guides?)\b|\bheaderdocs?\b|\buser guides?\b|\bapi reference\b|(?<![\w./-])docs?/[\w./*-]*|[\w./-]*(?:guide|usage|manual|reference|docs|architecture|overview|UPDATING|UPGRADING|UPGRADE|MIGRATION|MIGRATING)[\w./-]*\.(?:mdx?|rst)\b|\bman(?:ual)? pages?\b|(?<!/)\bopenapi\b)",
    verbs=r"update|revise|refresh|sync|amend|adapt|alter",
    verbs_for=r"update|revise|refresh|sync|amend|adapt|alter|adjust|extend|reflect|add|include|write|provide|create|change|modify|improve|maintain|document|describe|mention|list|fix|correct",
    between=r"\b(?:that|which|when|before|after|if|until|while|how|where|suggest|read|run)\b",
)
PAGES = Thing(  # any other page
    hints="this |page|.md|.rst|.adoc",
    noun=r"\b(?:this (?:file|document|guide)|(?:this|the|that) page)\b|(?<![\w/.-])(?![\w./-]*(?:spec|design|adr|skill|change|history|news)[\w./-]*\.md)[\w./-]+\.(?:mdx?|rst|adoc)\b",
    verbs="",
    verbs_for=r"update|revise|sync",
    between=r"\b(?:that|which|when|before|after|if|until|while|how|where|in|to|of|read|run|with)\b",
)
CHANGELOG = Thing(
    hints="change|news|history.|release|towncrier|unreleased|changie|chronus",
    noun=r"(?:(?<![\w-])(?<!docs )(?<!auto-generated )(?:change ?logs?\b(?:\.\w+|_\w+\.\w+| entry| entries)?|(?-i:CHANGES(?:\.(?:md|rst|txt))?\b|NEWS(?:\.\w+)?\b)|HISTORY\.(?:md|rst)\b|changesets?\b|news ?fragments?\b|news (?:entry|entries|items?|file)\b|release[- ]?notes? (?:entry|entries|file|fragment)\b|release[- ]?notes?\b|towncrier\b|\.changeset\b|changelog\.d\b|change ?files?\b|changie\b|chronus add\b)|[\w./-]*(?<![\w-])(?:changes|change-?logs?(?:\.d)?|news|news-?fragments|release-?notes?|unreleased)/[\w./<>{}*-]*|\[unreleased\]|\bunreleased section\b)",
    verbs=r"add|update|create|write|append|put|maintain|provide|generate|include",
    verbs_for=r"add|drop|place|update|include|create|write|document|record|run|log|provide|note|append|put|generate|list|mention|maintain|describe|summari[sz]e",
    between=r"\b(?:that|which|when|before|after|if|until|while|how|where|see|read|edit|whether|with|so)\b|[\"\u201c]|`[^`\s.]*`\s",
)
SPECS = Thing(
    hints="spec|design|adr|decision record",
    noun=r"(?:[\w./-]*\bspecs?[-_][\w.-]+\.(?:json|ya?ml|md)\b|(?<![`/\w])`?(?:specs/[\w./*-]*|spec/[\w./-]*\.(?:md|ya?ml|json|adoc|tex|proto|rst))`?|\bspec(?:ification)?s? (?:files?|docs?|documents?|pages?)\b|\bspecs\b(?= (?:in|must be|are|stay)\b)|\b(?:the|product|technical|design|our) (?:\w+ )?specs?\b|\b(?:an?|the|our|product|technical) (?:\w+ )?specifications?\b|\bdesign docs?\b|\bADRs?\b|\barchitecture decision records?\b|\b(?:SPEC|DESIGN)\.md\b)",
    verbs="",
    verbs_for=r"update|amend|revise|keep|sync|add|write|create|adjust|record|maintain",
    between=r"\b(?:that|which|when|before|after|if|until|while|how|where|read|run|from|test)\b",
)
