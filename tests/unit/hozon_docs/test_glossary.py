"""The glossary is sound when it is read, and finds what a translation left out or must not say."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hozon_docs.catalogs import Catalog, Message
from hozon_docs.config import Config, load_config
from hozon_docs.findings import DocsError, Finding
from hozon_docs.glossary import load_glossary
from hozon_docs.markdown import Page
from hozon_docs.terms import check_catalog_terms, check_exceptions, check_terms

WritePage = Callable[..., Page]

GLOSSARY = """\
names: [Shop Goods, Order]

terms:
  - term: order
    meaning: What a customer asks for.
    ja: {rendering: 注文, forbidden: [命令, オーダ]}
    es: {rendering: pedido, forbidden: [orden], reason: orden is a sequence.}

  - term: order number
    meaning: What names an order.
    ja: {rendering: 注文番号}
    es: {rendering: número de pedido, stems: [número de pedido, números de pedido]}

  - term: ship
    forms: [ship, ships, shipped, to ship]
    meaning: To send an order.
    ja: {rendering: 発送する, stems: [発送]}
    es: {rendering: enviar, stems: [envi, enví]}

  - term: command
    forms: [command, commands, order]
    pages: [shell/*]
    meaning: A word for a shell.
    ja: {rendering: 命令}
    es: {rendering: comando}

  - term: folder
    meaning: A directory.
    ja: {rendering: フォルダー, forbidden: [フォルダ]}
    es: {rendering: carpeta}
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Give a project in three languages with a glossary of a shop."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.hozon_docs.languages]\nen = "English"\nja = "日本語"\nes = "Español"\n', "utf-8"
    )
    (tmp_path / "docs" / "_l10n").mkdir(parents=True)
    (tmp_path / "docs" / "_l10n" / "glossary.yml").write_text(GLOSSARY, "utf-8")
    return load_config(tmp_path)


@pytest.fixture
def check(config: Config, write_page: WritePage) -> Callable[..., list[Finding]]:
    """Give a function that compares two texts as one page of two languages."""

    def compare(source: str, translation: str, **where: str) -> list[Finding]:
        language, name = where.get("language", "ja"), where.get("name", "guide")
        return check_terms(
            load_glossary(config),
            write_page(source, name=name),
            write_page(translation, language=language, name=name),
        )

    return compare


def _rewrite(config: Config, old: str, new: str) -> None:
    assert old in GLOSSARY
    path = config.l10n / "glossary.yml"
    path.write_text(GLOSSARY.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("language", "source", "translation"),
    [
        ("ja", "The order is shipped.", "注文を発送しました。"),
        ("es", "The order is shipped.", "El pedido se envió."),
        ("es", "Orders ship at once.", "Los Pedidos se envían de inmediato."),
        ("es", "The order numbers.", "Los numeros de pedido."),
        ("ja", "Call `order()` at the shop.", "店で`order()`を呼びます。"),
        (
            "ja",
            "| [Order](order.md) | Shop Goods |\n| --- | --- |",
            "| [Order](order.md) | Shop |\n| --- | --- |",
        ),
        ("ja", "# Order {#order}", "# Order {#order}"),
        ("ja", "Two folders.", "フォルダーが2つ。"),
        ("ja", "A disorder of the worship.", "混乱。"),
        ("ja", "Border.", "境界。"),
        ("ja", "::: shop.order", "::: shop.order"),
    ],
    ids=[
        "plain",
        "accent in an inflected form",
        "capital and another inflection",
        "without its accent",
        "inline code",
        "name of a product and of a class in a link",
        "class alone in a heading",
        "rendering that contains the forbidden word",
        "part of another word",
        "end of another word",
        "directive",
    ],
)
def test_a_faithful_translation_has_no_findings(
    check: Callable[..., list[Finding]], language: str, source: str, translation: str
) -> None:
    """Inflected forms, names and code are no faults."""
    assert check(source, translation, language=language) == []


@pytest.mark.parametrize(
    ("language", "source", "translation", "reason"),
    [
        ("ja", "The order.", "品物です。", "'order' of "),
        ("ja", "It ships.", "注文です。", "'ships' of "),
        ("es", "The order number.", "El número del pedido.", "write 'número de pedido'"),
        ("es", "The order.", "El comedido.", "write 'pedido'"),
        ("ja", "The order.", "注文の命令です。", "'命令' is not how 'order' of "),
        ("es", "The order.", "El pedido en Orden.", "orden is a sequence."),
        ("ja", "The folder.", "フォルダーのフォルダです。", "'フォルダ' is not how 'folder'"),
        ("ja", "An [Order](a.md) is an order.", "[Order](a.md)です。", "'order' of "),
        ("ja", "# Your order {#a}", "# Order {#a}", "'order' of "),
        ("ja", '!!! note "Your order"\n    Text.', '!!! note "品物"\n    本文。', "'order' of "),
        ("ja", "```python\n1  # the order\n```", "```python\n1  # 品物\n```", "'order' of "),
    ],
    ids=[
        "noun left out",
        "verb left out",
        "longest form wins",
        "stem inside another word",
        "forbidden beside the rendering",
        "forbidden in another case",
        "forbidden besides what contains it",
        "class beside the word",
        "heading",
        "title of an admonition",
        "comment in a block",
    ],
)
def test_a_wrong_word_is_found(
    check: Callable[..., list[Finding]], language: str, source: str, translation: str, reason: str
) -> None:
    """A term that is left out, or written as it must not be, is one finding."""
    (finding,) = check(
        f"# A {{#z}}\n\n{source}", f"# 「」 {{#z}}\n\n{translation}", language=language
    )
    assert reason in finding.reason
    assert "docs/en/guide.md:3" in finding.reason or ":4 " in finding.reason


def test_a_finding_points_at_the_line_of_the_word(check: Callable[..., list[Finding]]) -> None:
    """Both lines are those of the words, not those of their paragraphs."""
    (finding,) = check("Look.\nAn order.", "見て\n注文。\n命令。")
    assert finding.line == 3
    assert "docs/en/guide.md:2" in finding.reason


def test_a_word_forbidden_for_one_term_is_free_for_another(
    check: Callable[..., list[Finding]],
) -> None:
    """命令 is wrong for an order, and right beside it for a command."""
    page = "shell/use"
    assert check("The order and the command.", "注文と命令です。", name=page) == []
    assert len(check("The order.", "注文と命令です。", name="guide")) == 1


def test_a_term_may_have_its_meaning_on_some_pages_only(
    check: Callable[..., list[Finding]],
) -> None:
    """Where a form has two meanings, either rendering serves."""
    assert check("An order.", "命令です。", name="shell/use") == []
    assert len(check("An order.", "命令です。", name="guide")) == 2


def test_a_section_in_other_pieces_is_compared_as_a_whole(
    check: Callable[..., list[Finding]],
) -> None:
    """A paragraph that was cut in two sets no later passage against the wrong partner."""
    source = "# A {#a}\n\nAn order ships.\n\nA folder."
    assert check(source, "# 「」 {#a}\n\n注文です。\n\n発送します。\n\nフォルダーです。") == []
    (finding,) = check(source, "# 「」 {#a}\n\n注文です。\n\n本です。\n\nフォルダーです。")
    assert "'ships' of" in finding.reason


def test_an_exception_excuses_one_passage(
    config: Config, check: Callable[..., list[Finding]]
) -> None:
    """What is excused is no finding; the same fault elsewhere is one."""
    _rewrite(
        config,
        "terms:",
        "exceptions:\n  - {page: guide, language: ja, term: order, passage: 品物です, "
        "reason: The pronoun is plain.}\nterms:",
    )
    assert check("The order.", "品物です。") == []
    assert len(check("The order.", "書物です。")) == 1
    assert len(check("The order.", "品物です。", name="other")) == 1


def test_an_exception_that_excuses_nothing_is_found(config: Config, write_page: WritePage) -> None:
    """An exception does not outlive its need; the finding is at its line of the glossary."""
    _rewrite(
        config,
        "terms:",
        "exceptions:\n  - {page: guide, language: ja, term: order, passage: 注文, reason: Why.}\n"
        "terms:",
    )
    pair = write_page("The order."), write_page("注文です。", language="ja")
    glossary, path = load_glossary(config), config.l10n / "ja" / "api.po"
    (finding,) = check_exceptions(glossary, [pair], catalog=Catalog("ja"), path=path)
    assert (finding.path.name, finding.line) == ("glossary.yml", 4)
    assert check_exceptions(glossary, [pair], catalog=Catalog("es"), path=path) == []


def test_an_exception_may_be_for_a_docstring(config: Config) -> None:
    """A docstring is named by the path of its object."""
    _rewrite(
        config,
        "terms:",
        "exceptions:\n  - {page: shop.pay, language: ja, term: order, passage: 品物, reason: Why.}"
        "\nterms:",
    )
    glossary, path = load_glossary(config), config.l10n / "ja" / "api.po"
    catalog = Catalog("ja", (Message("shop.pay", "Pay an order.", "品物を買います。"),))
    assert check_catalog_terms(glossary, catalog, path=path) == []
    assert check_exceptions(glossary, [], catalog=catalog, path=path) == []


DOCSTRING = """\
Pay an order.

Args:
    order (str): Its number.
    folder:
        Where it goes.

Raises:
    OrderError: The order was shipped.

        A second paragraph on the folder.
"""
TRANSLATED = """\
注文を支払います。

Args:
    order (str): 番号。
    folder:
        置き場所。

Raises:
    OrderError: 注文は発送済みです。

        フォルダーについての段落。
"""


def test_translated_docstrings_use_the_terms(config: Config) -> None:
    """Names of parameters are no words; every paragraph of a section is checked."""
    glossary, path = load_glossary(config), config.l10n / "ja" / "api.po"

    def check(translation: str, *, fuzzy: bool = False) -> list[Finding]:
        message = Message("shop.pay", DOCSTRING, translation, fuzzy=fuzzy, line=7)
        return check_catalog_terms(glossary, Catalog("ja", (message,)), path=path)

    assert check(TRANSLATED) == []
    assert check("") == []
    for old, term in (("注文を", "order"), ("発送", "ship"), ("フォルダー", "folder")):
        (finding,) = check(TRANSLATED.replace(old, ""))
        assert (finding.path, finding.line) == (path, 7)
        assert f"'{term}" in finding.reason
        assert check(TRANSLATED.replace(old, ""), fuzzy=True) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    es: {rendering: comando}\n", "", "'command' has no rendering in 'es'"),
        ("rendering: comando", "renders: comando", "'command', 'es' is not understood"),
        ("pages: [shell/*]", "places: [shell/*]", "'command' has the key 'places'"),
        ("meaning: A directory.", "meaning: 1", "the term 'folder' is not understood"),
        ("term: folder", "term: order", "'order' stands there twice"),
        ("stems: [envi, enví]", "stems: [mand]", "none of the stems is in the rendering 'enviar'"),
        ("forbidden: [命令, オーダ]", "forbidden: [注文]", "is also how it is written"),
        ("names: [Shop", "names: [[Shop", "is not valid YAML"),
        ("names:", "words:", "is not understood"),
        (
            "terms:",
            "exceptions: [{page: a, language: ja, term: nothing, passage: a, reason: b}]\nterms:",
            "for 'nothing' in 'ja'",
        ),
        (
            "terms:",
            "exceptions: [{page: a, language: ja, term: order, passage: a, reason: ''}]\nterms:",
            "has an empty 'reason'",
        ),
        (
            "terms:",
            "exceptions: [{page: a, language: ja, term: order, passage: a}]\nterms:",
            "glossary.yml:3: the exception is not understood",
        ),
    ],
)
def test_a_faulty_glossary_is_refused(config: Config, old: str, new: str, message: str) -> None:
    """The message names the file, the term and the key."""
    _rewrite(config, old, new)
    with pytest.raises(DocsError, match=r"glossary\.yml") as raised:
        load_glossary(config)
    assert message in str(raised.value)


def test_a_project_without_a_glossary_has_no_terms(config: Config) -> None:
    """Nothing is expected of a project that wrote no glossary."""
    (config.l10n / "glossary.yml").unlink()
    assert load_glossary(config).terms == ()
