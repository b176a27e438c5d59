"""What is stated about the store belongs to blocks that exist."""

from docs.expectations import EXPECTATIONS
from hozon_docs.config import Config
from hozon_docs.pages import all_pages, read_page


def test_every_expectation_belongs_to_a_block(docs_config: Config) -> None:
    """No statement about the store outlives the block that it was written for."""
    titles = {
        (page.name, block.title)
        for page in all_pages(docs_config)
        if page.language == docs_config.source
        for block in read_page(page).blocks
    }
    assert EXPECTATIONS.keys() - titles == set()
