"""What pytest runs here: the tests, and every block of every page of the documentation."""

pytest_plugins = ["hozon_docs.pytest_plugin", "docs.world", "pytester"]
