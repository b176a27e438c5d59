"""The script that a user would write instead: read, hash, write one file, and note what is in it.

It has no versions, no names, no second writer and no clean-up after a crash. It is here to be read,
and to be measured beside.
"""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

_TABLE = "create table if not exists entry (version, path, digest, pack, start, size)"


def log(source: Path, store: Path) -> str:
    """Put the files of a folder, or one file, behind each other, and commit a row for each."""
    paths = [path for path in source.rglob("*") if path.is_file()] if source.is_dir() else [source]
    above = source if source.is_dir() else source.parent
    with closing(sqlite3.connect(store / "catalog.db")) as catalog, catalog:
        catalog.execute(_TABLE)
        known = {row[0]: row for row in catalog.execute("select digest, pack, start from entry")}
        pack = f"pack-{len(list(store.glob('pack-*')))}"
        rows = []
        with (store / pack).open("wb") as out:
            for path in paths:
                content = path.read_bytes()
                digest = hashlib.sha256(content).hexdigest()
                if digest not in known:
                    known[digest] = (digest, pack, out.tell())
                    out.write(content)
                rows.append((path.relative_to(above).as_posix(), *known[digest], len(content)))
        version = hashlib.sha256(repr(sorted(row[:2] for row in rows)).encode()).hexdigest()
        insert = "insert into entry values (?, ?, ?, ?, ?, ?)"
        catalog.executemany(insert, [(version, *row) for row in rows])
    return version
