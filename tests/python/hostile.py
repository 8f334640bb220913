"""Names that try to be more than names: formulas, markup, directions, control characters, paths, sheer length."""

from __future__ import annotations

import random

STARTS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "'", '"', "", " ", "\ufeff", "=HYPERLINK(", "{=", "%", "#")
MIDDLES = (
    "cmd|'/C calc'!A0",
    "1+1",
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1>",
    '" onmouseover="window.pwned=1',
    "</style><style>*{display:none}</style>",
    "{{ 7*7 }}{% raw %}",
    '#eval("1+1") $x$ *b* _i_ `c` @ref <label> \\u{0}',
    "]]><!--",
    "--><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "../../../../tmp/pwned",
    "C:\\Windows\\con.html",
    "http://example.invalid/pwned",
    "javascript:window.pwned=1",
    "\u202egnp.exe\u202c",
    "\u200f\u200e\u2067x\u2069",
    "a\x00b",
    "\x1b[31mred\x07",
    "$$note$$",
    "[c]",
    "\u0627\u0644\u0645\u062f\u0631\u0633\u0629 \u5b66\u6821 \U0001f3eb",
    "e\u0301\u0323\u0323\u0323\u0323\u0323\u0323",
    "\ud83d\ud83d",
    "%s %n {0} %(x)s",
    "NaN",
    "-5",
    "\u00a0",
    "",
)


def names(n: int, seed: int = 1) -> list[str]:
    """So many hostile names, the same for the same seed; one in two hundred is 10 kB long."""
    chance = random.Random(seed)
    made = []
    for _ in range(n):
        name = (
            chance.choice(STARTS) + chance.choice(MIDDLES) + chance.choice(("", " School", ")", ",", ";", "\r\n"))
        )
        made.append(name * (10_000 // max(len(name), 1) + 1) if chance.random() < 0.005 else name)
    return made
