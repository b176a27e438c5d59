"""The page at the root of the site, which sends each reader to their language.

Owns its markup. Refuses to write files. Without a script the page is a plain list of links.

Invariants: the page loads nothing; its links are relative, so the site may stand under any prefix;
a language that no reader asked for in particular is the first of the list.
"""

import json
from collections.abc import Mapping
from html import escape
from string import Template

_PAGE = Template("""\
<!doctype html>
<html lang="$source">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$name</title>
$alternates
<style>
:root { color-scheme: light dark; font: 1.1rem/1.6 system-ui, sans-serif; }
body { display: grid; min-height: 90vh; place-content: center; text-align: center; }
ul { list-style: none; padding: 0; }
a { color: inherit; }
</style>
<script>
const known = $codes;
const wanted = navigator.languages.map((tag) => tag.toLowerCase().split("-")[0]);
const language = wanted.find((code) => known.includes(code)) ?? known[0];
location.replace(language + "/" + location.search + location.hash);
</script>
</head>
<body>
<main>
<h1>$name</h1>
<ul>
$links
</ul>
</main>
</body>
</html>
""")


def root_page(name: str, *, languages: Mapping[str, str], site_url: str) -> str:
    """Write the page at the root.

    Args:
        name: The project's name.
        languages: Language codes, each with its own name for itself; the first is the default.
        site_url: The address of the site, with a slash at its end.

    Returns:
        The HTML text.
    """
    source = next(iter(languages))
    targets = {"x-default": site_url} | {code: f"{site_url}{code}/" for code in languages}
    return _PAGE.substitute(
        source=source,
        name=escape(name),
        codes=json.dumps(list(languages)),
        alternates="\n".join(
            f'<link rel="alternate" hreflang="{code}" href="{escape(url)}">'
            for code, url in targets.items()
        ),
        links="\n".join(
            f'<li><a href="{code}/" hreflang="{code}" lang="{code}">{escape(own)}</a></li>'
            for code, own in languages.items()
        ),
    )
