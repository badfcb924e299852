"""Arrows run down only: app → pages → ui → core, and inside core as the table says."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TENSORS = {"tensorflow", "keras", "tf_keras"}
ANYONE_MAY = {"core.errors", "core.home", "core.wording"}
_CORE = {
    "core." + room
    for room in (
        *("experiment", "insight", "diagram", "data", "runs", "model", "training", "drawing", "takeaway"),
        *("workers", "bringback"),
    )
}
MAY_IMPORT: dict[str, set[str]] = {
    "app": {"pages", "ui", *_CORE},
    "pages": {"ui", *_CORE},
    "ui": _CORE,
    "core": set(),
    "core.errors": set(),
    "core.home": set(),
    "core.wording": set(),
    "core.experiment": set(),
    "core.insight": {"core.experiment"},
    "core.diagram": {"core.experiment"},
    "core.data": {"core.experiment"},
    "core.runs": {"core.experiment"},
    "core.model": {"core.data", "core.experiment"},
    "core.training": {"core.model", "core.data", "core.experiment", "core.runs"},
    "core.drawing": {"core.model", "core.data", "core.runs", "core.experiment"},
    "core.takeaway": {"core.diagram", "core.model", "core.data", "core.runs", "core.experiment"},
    "core.bringback": {"core.model", "core.data", "core.runs", "core.experiment"},
    "core.workers": _CORE - {"core.bringback"},
    "core.command": _CORE,
    "core.__main__": {"core.command"},
}
UNBOUND = {"tests", "benchmarks", "docs"}
"""Folders that may import anything."""


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _room(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "core" else parts[0]


def _files() -> list[Path]:
    folders = [
        each
        for each in ROOT.iterdir()
        if each.is_dir() and each.name[0] != "." and each.name not in UNBOUND
    ]
    inside = [path for folder in folders for path in folder.rglob("*.py")]
    return sorted([*ROOT.glob("*.py"), *inside])


def _nodes(tree: ast.AST, inside_functions: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if inside_functions or not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _nodes(child, inside_functions)


def _imports(path: Path, inside_functions: bool = True) -> Iterator[str]:
    package = _name(path).split(".") if path.name == "__init__.py" else _name(path).split(".")[:-1]
    for node in _nodes(ast.parse(path.read_text(encoding="utf-8")), inside_functions):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _libraries(path: Path, inside_functions: bool = True) -> set[str]:
    return {name.split(".")[0] for name in _imports(path, inside_functions)}


FILES = _files()


def _of(*rooms: str) -> list[Path]:
    return [path for path in FILES if _room(_name(path)) in rooms]


def test_every_file_is_in_a_room_of_the_table() -> None:
    assert [path for path in FILES if _room(_name(path)) not in MAY_IMPORT] == []
    assert {_room(_name(path)) for path in FILES} == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    allowed = {room} | MAY_IMPORT[room] | ANYONE_MAY
    ours = {each.split(".")[0] for each in MAY_IMPORT}
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _of(room)
        for name in _imports(path)
        if name.split(".")[0] in ours and _room(name) not in allowed
    }
    assert wrong == set()


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_the_table_itself_has_no_circle(room: str) -> None:
    reached: set[str] = set()
    ahead = MAY_IMPORT[room] - {room}
    while ahead:
        reached |= ahead
        ahead = {below for each in ahead for below in MAY_IMPORT[each] - {each}} - reached
    assert room not in reached


def test_core_never_imports_streamlit() -> None:
    core = [path for path in FILES if _name(path).startswith("core")]
    seen = {name for path in core for name in _libraries(path)}
    assert {name for name in seen if name.startswith("streamlit")} == set()


def test_screens_never_import_tensorflow() -> None:
    assert [path for path in _of("app", "pages", "ui") if _libraries(path) & TENSORS] == []


def test_light_rooms_load_no_tensorflow_when_imported() -> None:
    light = _of("core.experiment", "core.insight", "core.diagram", "core.runs", "core.data", *ANYONE_MAY)
    assert [path for path in light if _libraries(path, inside_functions=False) & TENSORS] == []


def test_the_reading_of_imports_itself_sees_them() -> None:
    file = ROOT / "core" / "model" / "build.py"
    assert "keras" in _libraries(file, inside_functions=False)
    assert {"core.experiment.check.check", "core.errors.NotBuildable"} <= set(_imports(file))
    assert "keras" not in _libraries(ROOT / "core" / "data" / "sources.py", inside_functions=False)
    assert "keras" in _libraries(ROOT / "core" / "data" / "sources.py")


def test_the_web_process_can_import_all_it_needs_without_tensorflow() -> None:
    rooms = {"ui", "core.experiment", "core.insight", "core.runs", "core.data", "core.errors", "core.home"}
    rooms |= {"core.diagram"}
    # ui.shell is a script: Streamlit runs it, nobody imports it
    names = [_name(path) for path in FILES if _room(_name(path)) in rooms and _name(path) != "ui.shell"]
    names += ["core.drawing.prepare", "core.workers.client", "core.bringback.bring"]
    script = (
        "import importlib, sys, types\n"
        # the canvas can only be imported inside a running Streamlit server
        "sys.modules['streamlit_drawable_canvas'] = types.SimpleNamespace(st_canvas=None)\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        f"print(sorted({TENSORS!r} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
