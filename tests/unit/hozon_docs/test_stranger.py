"""The tools know nothing of the project that they happen to live with."""

import pkgutil
import subprocess
import sys

import hozon_docs


def test_no_module_imports_the_documented_package() -> None:
    """With every module of the tools imported, the documented package is still unknown."""
    names = [f"hozon_docs.{module.name}" for module in pkgutil.iter_modules(hozon_docs.__path__)]
    code = f"import sys, {', '.join(names)}; sys.exit('hozon' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 -- our own interpreter
    assert "hozon_docs.runner" in names
    assert done.returncode == 0
