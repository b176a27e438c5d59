"""Documentation that is run before it is believed.

Owns the tools that find the code blocks of a documentation tree in several languages, run them,
compare them across languages and with the built site, and build and serve that site. Refuses to
know anything about the project that it documents: what it needs is in `hozon_docs.config`, or is
passed in by the project's tests.

Floors, top to bottom; a module imports only from floors below it, and `.importlinter` has them all:

- `__main__`: the command line. `pytest_plugin`, `mkdocs_plugin`, `griffe_extension`: the plug-ins.
- `site`, `serve`, `publishing`: the build, one process per language, and what stops it.
- `items`, `results`: what a session of pytest runs, and what it finds out in all.
- `runner`, `trace`, `verdict`, `shell`, `data`, `update`: one block, from its run to its judgement.
- `inventory`, `coverage`, `stubs`, `mutants`: what the blocks exercise, and whether they notice.
- `ledger`, `marks`, `proof_report`, `proof_page`, `notices`, `interface`: what a reader is told.
- `structure`, `parity`, `freshness`, `stamping`, `status`: a translation beside its source.
- `glossary`, `terms`, `prose`, `linters`, `words`: the words of a page.
- `catalogs`, `catalog_check`, `reference`: the docstrings in other languages.
- `markdown`, `docstrings`, `pages`, `output`, `rendered`: what stands where.
- `config`, `findings`, `atomic`, `search`, `root_page`: values, and three small services.

Invariants: only `mkdocs_plugin`, `site`, `serve` and `reference` know MkDocs; nothing imports the
documented package but by the names that its configuration gives.
"""
