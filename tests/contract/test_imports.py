"""The import rule: app -> mpp -> counters -> queues, one order inside mpp, pandas only for reports."""

import copy
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
TOP_OF_MPP = {"mpp.cli", "mpp.simulate", "mpp.__main__"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("mpp", "counters", "queues", include_external_packages=True, cache_dir=None)


def test_the_contracts_hold():
    lint = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    run = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"the import rule is broken:\n{run.stdout}{run.stderr}"


def test_the_contracts_are_those_of_the_design():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = [contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers"]
    inside = [part.strip("()") for line in layers[1] for part in line.split(" : ")]
    assert layers[0] == ["mpp", "counters", "queues"]
    assert " ".join(inside) == (
        "cli simulate __main__ web jobs sources reports evaluation live "
        "people store measures access mall i18n now settings"
    )


def test_only_the_top_imports_create_app(graph):
    """mpp/__init__ joins the parts, so importing it from a part would be a circle."""
    importers = {name for name in graph.find_modules_that_directly_import("mpp") if name.startswith("mpp.")}
    wrong = {name for name in importers if ".".join(name.split(".")[:2]) not in TOP_OF_MPP}
    lines = [
        detail["line_contents"]
        for name in sorted(wrong)
        for detail in graph.get_import_details(importer=name, imported="mpp")
    ]
    assert not wrong, f"{sorted(wrong)} import mpp itself, or a module of it that does not exist: {lines}"


@pytest.mark.parametrize("package", ["queues", "counters"])
def test_what_is_pure_needs_only_the_standard_library(graph, package):
    own = {package} | graph.find_descendants(package)
    imported = {
        name.split(".")[0] for module in own for name in graph.find_modules_directly_imported_by(module)
    }
    assert imported - sys.stdlib_module_names - {"queues", "counters"} == set()


def test_the_test_sees_a_broken_rule(graph):
    broken = copy.deepcopy(graph)
    broken.add_import(importer="queues", imported="mpp")
    assert broken.find_illegal_dependencies_for_layers(layers=("mpp", "counters", "queues"))


def test_starting_does_not_load_pandas():
    """pandas costs 60 MB and a quarter of a second: only making a report may load it."""
    code = (
        "import importlib.util, sys\n"
        "import mpp\n"
        "if importlib.util.find_spec('mpp.cli'): import mpp.cli\n"
        "sys.exit('pandas' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
