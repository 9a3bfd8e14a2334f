"""Imports run one way: cli -> service -> flows -> tasks -> gazette; `expectations` is read by the gate alone; the
library knows no orchestration, no gates and no network; `storage`, which flows, service and cli use and which uses the
library, is all that knows object stores."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("gazette", "expectations", "storage", "tasks", "flows", "service", "cli")
NETWORK = {"aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socketserver", "ssl", "urllib", "urllib3"}
OBJECT_STORES = {"aiobotocore", "boto3", "botocore", "fsspec", "s3fs"}
BUILD_OBJECTS = {"yaml", "ruamel", "pickle", "cloudpickle", "dill", "marshal", "shelve", "jsonpickle"}  # while reading
RUN_TEXT = {"eval", "exec", "compile", "os.system", "os.popen"}
ABOVE = {
    "gazette": {"expectations", "storage", "tasks", "flows", "service", "cli"},
    "expectations": {"storage", "tasks", "flows", "service", "cli"},
    "storage": {"expectations", "tasks", "flows", "service", "cli"},
    "tasks": {"storage", "flows", "service", "cli"},
    "flows": {"service", "cli", "expectations"},
    "service": {"cli", "expectations"},
    "cli": {"expectations"},
}
FOREIGN = {
    "gazette": {"prefect", "great_expectations", "pandas", "typer", "rich"} | NETWORK | OBJECT_STORES,
    "expectations": {"prefect", "typer", "rich"} | NETWORK | OBJECT_STORES,
    "storage": {"prefect", "great_expectations", "pandas", "duckdb", "typer", "rich"} | NETWORK,
    "tasks": {"great_expectations", "typer", "rich"} | NETWORK | OBJECT_STORES,
    "flows": {"great_expectations", "typer", "rich"} | NETWORK | OBJECT_STORES,
    "service": {"great_expectations", "typer", "rich"} | OBJECT_STORES,
    "cli": {"prefect", "great_expectations"} | NETWORK | OBJECT_STORES,
}
READS_EXPECTATIONS = {"tasks/validate.py"}


def find_imports(file: Path) -> Iterator[str]:
    """Every module that the file imports anywhere in it, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("__import__", "importlib.import_module"):
            yield ast.unparse(node.args[0]).strip("'\"")


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_run_one_way(layer: str) -> None:
    files = sorted((ROOT / layer).rglob("*.py"))
    assert files
    refused = ABOVE[layer] | FOREIGN[layer]
    faults = []
    for file in files:
        name = str(file.relative_to(ROOT))
        for module in find_imports(file):
            top = module.split(".")[0]
            if top in refused or (top == "expectations" and layer == "tasks" and name not in READS_EXPECTATIONS):
                faults.append(f"{name} imports {module}")
    assert faults == []


def test_nothing_that_is_read_builds_objects_or_runs() -> None:
    faults = []
    for file in (file for layer in LAYERS for file in (ROOT / layer).rglob("*.py")):
        faults += [f"{file} imports {name}" for name in find_imports(file) if name.split(".")[0] in BUILD_OBJECTS]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                shell = any(word.arg == "shell" for word in node.keywords)
                faults += [f"{file} calls {ast.unparse(node)}"] if shell or ast.unparse(node.func) in RUN_TEXT else []
    assert faults == []


def test_the_scan_sees_every_way_to_import(tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    file.write_text("import a.b\ndef f():\n    from c import d\n    importlib.import_module('e')\n", encoding="utf-8")
    assert sorted(find_imports(file)) == ["a.b", "c", "e"]
