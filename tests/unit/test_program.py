"""The program that is taken away, read without being run: its form, its names, what it says of itself."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.data.mnist_manner import as_mnist
from core.data.sources import SOURCES, source
from core.drawing.exchange import as_picture
from core.drawing.prepare import prepare
from core.drawing.strokes import Drawing, Stroke
from core.experiment import choices, edits, link
from core.experiment.carried import SCRIPT_MARK
from core.experiment.check import check, errors
from core.experiment.experiment import Experiment
from core.experiment.lessons import notebook as lesson
from core.experiment.presets import PRESETS, preset
from core.takeaway.manner import AS_MNIST
from core.takeaway.program import Origin
from core.takeaway.script import script
from core.takeaway.source_text import remark, value
from tests.unit import strategies
from tests.unit.made_up import PICTURES, PICTURES_SOURCE

LEGAL = [each for each in PRESETS if not each.to_mend]
DIGITS = source("digits")
HOSTILE = "x\"\"\"\n'''\r\nimport os\u2028os.abort()\x0c\x00# \\"
NEEDED = {"pathlib", "numpy", "tensorflow"}


def _presets() -> Iterator[Experiment]:
    for each in LEGAL:
        for normalization in choices.NORMALIZATIONS:
            yield edits.set_data(each.experiment(DIGITS.info), normalization=normalization.value)
    yield from lesson(DIGITS.info, 10)
    plain = preset("article").experiment(DIGITS.info)
    for optimizer in choices.OPTIMIZERS:
        for schedule in choices.SCHEDULES:
            yield edits.set_training(
                plain, optimizer=optimizer.value, schedule=schedule.value, early_stopping=True, momentum=0.9
            )


def test_every_program_is_formatted_and_free_of_what_linters_mind(tmp_path: Path) -> None:
    for number, design in enumerate(_presets()):
        (tmp_path / f"design_{number}.py").write_text(script(design, DIGITS), encoding="utf-8")
    for name in ("mnist", "fashion_mnist"):
        design = preset("notebook_rescaled").experiment(source(name).info)
        (tmp_path / f"{name}.py").write_text(script(design, source(name)), encoding="utf-8")
    for command in (("format", "--check"), ("check", "--select", "E,F,I,W,B,UP,SIM,N")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:]


@settings(max_examples=60, deadline=None)
@given(strategies.experiments(most_layers=5))
def test_the_program_of_any_legal_design_is_python_that_holds_the_design(design: Experiment) -> None:
    design = edits.set_data(design, dataset=PICTURES.name)
    if errors(check(design, PICTURES)):
        return
    written = script(design, PICTURES_SOURCE)
    ast.parse(written)
    assert _design_in(written) == design


def _design_in(written: str) -> Experiment:
    pieces = [
        line.removeprefix(SCRIPT_MARK).strip()
        for line in written.splitlines()
        if line.startswith(SCRIPT_MARK)
    ]
    return link.decode("".join(pieces))


def test_a_program_needs_tensorflow_and_numpy_alone() -> None:
    for design in _presets():
        tree = ast.parse(script(design, DIGITS))
        for node in tree.body:  # scikit-learn only where the file is not there
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
                assert str(module).split(".")[0] in NEEDED


def test_no_name_of_a_run_becomes_code() -> None:
    design = preset("article").experiment(DIGITS.info)
    plain, hostile = (script(design, DIGITS, Origin(name)) for name in ("run", HOSTILE))
    assert ast.dump(ast.parse(hostile)) == ast.dump(ast.parse(plain))


def test_no_label_of_a_data_set_becomes_code_and_each_class_keeps_its_name() -> None:
    classes = (HOSTILE, *PICTURES.classes[1:])
    info = replace(PICTURES, label=HOSTILE, noun=HOSTILE, summary=HOSTILE, classes=classes)
    design = edits.set_data(preset("article").experiment(PICTURES), dataset=PICTURES.name)
    written = ast.parse(script(design, replace(PICTURES_SOURCE, info=info)))
    (found,) = (
        node.value
        for node in written.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "classes"
    )
    assert ast.literal_eval(found) == list(classes)
    plain = ast.parse(script(design, PICTURES_SOURCE))
    assert [type(node) for node in written.body] == [type(node) for node in plain.body]


@given(st.one_of(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.integers(), st.booleans()))
def test_a_value_is_written_so_that_python_reads_the_same_value(written: object) -> None:
    read = eval(value(written), {})
    assert type(read) is type(written)
    assert read == written


@given(st.text())
def test_a_remark_is_never_more_than_a_remark(text: str) -> None:
    written = "\n".join(remark(text))
    assert ast.parse(written).body == []
    assert all(len(line) <= 88 or " " not in line[2:] for line in written.splitlines())


def test_the_figures_of_the_run_stand_where_the_program_measures_its_own() -> None:
    design = preset("article").experiment(DIGITS.info)
    told = Origin("mine", {"test_loss": 0.12344, "test_accuracy": 0.9778}, "Somebody stopped it.")
    before, after = script(design, DIGITS, told).split("model.evaluate")
    assert "# LayerLab's own run came to: loss 0.1234, accuracy 0.9778" in before
    assert "# Somebody stopped it." in before
    assert "model.predict" in after
    assert "model.save" in after


def test_a_runs_program_computes_with_as_many_threads_as_the_run() -> None:
    design = preset("article").experiment(DIGITS.info)
    written = script(design, DIGITS, Origin("mine", threads=(1, 2)))
    assert "set_intra_op_parallelism_threads(1)" in written
    assert "set_inter_op_parallelism_threads(2)" in written
    assert "threads" not in script(design, DIGITS)


# --- MNIST's manner ---


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_program_prepares_a_drawing_as_layerlab_does_to_the_last_bit(data: st.DataObject) -> None:
    height, width = (data.draw(st.integers(1, 300)) for _ in range(2))
    grains = np.random.default_rng(data.draw(st.integers(0, 2**32))).integers(0, 256, (7, 5), np.uint8)
    ink = np.asarray(Image.fromarray(grains).resize((width, height), Image.Resampling.BICUBIC))
    ink = np.where(ink > data.draw(st.integers(0, 250)), ink, 0).astype(np.uint8)
    names: dict[str, object] = {"np": np}
    exec(compile(AS_MNIST, "manner.py", "exec"), names)
    np.testing.assert_array_equal(names["as_mnist"](ink), as_mnist(ink))  # type: ignore[operator]


def test_a_saved_drawing_is_the_very_input_that_layerlab_makes_of_it() -> None:
    way = tuple((90.0 + 40 * np.sin(t / 4), 40.0 + 9 * t) for t in range(22))
    drawing = Drawing((Stroke(way, 20.0), Stroke(((60.0, 120.0), (150.0, 130.0)), 20.0)))
    prepared = prepare(drawing)
    assert prepared is not None
    grey = np.asarray(Image.open(io.BytesIO(as_picture(drawing))))
    names: dict[str, object] = {"np": np}
    exec(compile(AS_MNIST, "manner.py", "exec"), names)
    np.testing.assert_array_equal(names["as_mnist"](grey), prepared.image)  # type: ignore[operator]


def test_the_digits_that_a_program_makes_itself_are_those_of_the_file() -> None:
    names: dict[str, object] = {"np": np}
    exec(compile("\n".join((AS_MNIST, "", *SOURCES["digits"].otherwise)), "data.py", "exec"), names)
    for name, array in SOURCES["digits"].fetch().items():
        np.testing.assert_array_equal(names[name], array)
