"""Documentation that is run before it is believed.

Owns the tools that find the code blocks of a documentation tree in several languages, run them,
compare them across languages and with the built site, and build and serve that site. Refuses to
know anything about the project that it documents: what it needs is in `hozon_docs.config`, or is
passed in by the project's tests.

Floors, top to bottom; a module imports only from floors below it:

- `__main__`: the command line.
- `serve`: the site on loopback, rebuilt when it changes.
- `hooks`, `site`: the build, one process per language, and what MkDocs calls back.
- `runner`, `update`: executing a block, writing its output back into the page.
- `output`, `parity`, `rendered`: pure comparisons.
- `markdown`, `search`: pages and their blocks, the extra search index.
- `config`, `findings`, `root_page`: values.

Invariants: nothing below `hooks` imports MkDocs; nothing at all imports the documented package.
"""
