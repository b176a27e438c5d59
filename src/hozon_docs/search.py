"""Making parts of Japanese and Korean words searchable.

Owns the extra text of the search index. Refuses to know MkDocs; `hozon_docs.mkdocs_plugin` stores
what this module returns.

The browser's index finds a word by its beginning. In Korean a word is what stands between
spaces, in Japanese a run of Katakana or Kanji is often a compound: the reader of 소프트삭제
looks for 삭제, the reader of ガベージコレクション for コレクション. So the index also gets
every ending of each such run. Full-width Latin letters and digits get their ordinary form.

Invariant: text without these scripts yields nothing.
"""

import re
import unicodedata

_RUN = re.compile(
    "[\uac00-\ud7a3]{2,}"  # Hangul syllables
    "|[\u30a1-\u30fa\u30fc]{2,}"  # Katakana with the long vowel mark
    "|[\u4e00-\u9fff\u3005]{2,}"  # Kanji with the repetition mark
)
_FULL_WIDTH = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")


def endings(text: str) -> str:
    """Give what the search index must hold beside a text.

    Args:
        text: The plain text of a section.

    Returns:
        Every proper ending of at least two letters of each Hangul, Katakana and Kanji run, and the
        ordinary form of full-width letters, each once, separated by spaces.
    """
    found: dict[str, None] = {}
    for run in _RUN.findall(text):
        found |= dict.fromkeys(run[start:] for start in range(1, len(run) - 1))
    for run in _FULL_WIDTH.findall(text):
        found[unicodedata.normalize("NFKC", run)] = None
    return " ".join(found)
