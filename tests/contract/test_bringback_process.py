"""Nothing of a stranger's file ever runs, and the process that rebuilds it ends when it takes too much."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import keras
import numpy as np
import psutil
import pytest

from core.bringback import disposable
from core.bringback.archive import open_archive
from core.bringback.bring import Trained, bring
from core.bringback.network import parts
from core.data.split import Statistics
from core.drawing.ready import FOLDER
from core.errors import FileRefused, LayerLabError
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.model.build import build
from tests.contract.brought import answers, saved
from tests.unit import keras_files
from tests.unit.keras_files import dense, given, layer, packed, sequential, zipped

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15
ROOT = Path(disposable.__file__).resolve().parents[2]
FLAT = layer("Flatten", "flatten", data_format="channels_last")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small network as Keras saves it."""
    info = _digits()
    return saved(build(_article(info), info, Statistics((0.0,), (1.0,))), tmp_path_factory.mktemp("whole"))


def _digits() -> DatasetInfo:
    from core.data.sources import source

    return source("digits").info


def _article(info: DatasetInfo) -> Experiment:
    return preset("article").experiment(info)


def _ours(whole: bytes, experiment: Any, **more: Any) -> bytes:
    document = {"format": 1, "experiment": experiment, **more}
    return zipped({**parts(open_archive(whole)), "layerlab.json": json.dumps(document).encode()})


def test_a_network_comes_back_through_the_door(
    whole: bytes, digits_info: DatasetInfo, tmp_path: Path
) -> None:
    brought = bring(whole, "model.keras", digits_info)
    assert isinstance(brought, Trained)
    assert brought.experiment.model == _article(digits_info).model
    brought.write_model(tmp_path / "model.keras")
    (tmp_path / "theirs.keras").write_bytes(whole)
    ours, theirs = (
        keras.saving.load_model(tmp_path / name, compile=False) for name in ("model.keras", "theirs.keras")
    )
    assert np.array_equal(answers(ours, digits_info), answers(theirs, digits_info))


def test_a_file_of_ours_brings_its_whole_design_and_card(whole: bytes, digits_info: DatasetInfo) -> None:
    design = _article(digits_info).with_training(epochs=7, patience=9)
    brought = bring(_ours(whole, design.to_dict(), card={"accuracy": 0.9}), "model.keras", digits_info)
    assert isinstance(brought, Trained)
    assert brought.experiment == design
    assert brought.ours
    assert brought.card == {"accuracy": 0.9}
    assert brought.remarks == ()


def test_a_file_that_says_another_design_than_it_holds_is_refused(
    whole: bytes, digits_info: DatasetInfo
) -> None:
    lie = preset("article_dropout").experiment(digits_info)
    with pytest.raises(FileRefused, match="can't be brought back"):
        bring(_ours(whole, lie.to_dict()), "model.keras", digits_info)


@pytest.mark.parametrize("said", [None, 7, {}, {"schema": 99}, "x" * 100])
def test_a_file_of_ours_whose_design_is_none_is_refused(
    said: Any, whole: bytes, digits_info: DatasetInfo
) -> None:
    with pytest.raises(FileRefused):
        bring(_ours(whole, said), "model.keras", digits_info)


def test_the_ready_network_comes_back(digits_info: DatasetInfo) -> None:
    content = (FOLDER / "model.keras").read_bytes()
    brought = bring(content, "model.keras", digits_info)
    kept = Experiment.from_json((FOLDER / "experiment.json").read_text("utf-8"))
    assert brought.experiment.model == kept.model


# --- what would run, if anything did ---

Build = Callable[[Path], keras_files.Document]


def _touch(canary: Path) -> str:
    return f"open({str(canary)!r}, 'w').close()"


def _lambda(canary: Path) -> keras_files.Document:
    """Return Keras's own way to put code into a file: a Lambda whose function is bytecode in base64."""
    import base64
    import marshal

    code = compile(f"lambda x: ({_touch(canary)}, x)[1]", "x", "eval").co_consts[0]
    packed_code = {
        "code": base64.b64encode(marshal.dumps(code)).decode(),
        "defaults": None,
        "closure": None,
    }
    function = {"class_name": "__lambda__", "config": packed_code}
    return layer("Lambda", "evil", function=function, arguments={}, mask=None, output_shape=None)


def _function(module: str, name: str) -> Build:
    """Return a Lambda that names a function of a module."""

    def made(canary: Path) -> keras_files.Document:
        function = {"module": module, "class_name": "function", "config": name, "registered_name": name}
        return layer("Lambda", "evil", function=function, arguments={"x": str(canary)})

    return made


def _as_field(field: str, module: str, name: str) -> Build:
    """Return a Dense one field of which names something that would be called."""

    def made(canary: Path) -> keras_files.Document:
        strange = {
            "module": module,
            "class_name": name,
            "config": {"cmd": f"touch {canary}"},
            "registered_name": None,
        }
        return dense("evil", 5, **{field: strange}) if field != "activation" else dense("evil", 5, strange)

    return made


def _as_class(module: str, name: str, **config: Any) -> Build:
    """Return a layer that is somebody else's class, or a callable that is none."""

    def made(canary: Path) -> keras_files.Document:
        said = {key: str(value).replace("CANARY", str(canary)) for key, value in config.items()}
        return {**layer(name, "evil", **said), "module": module, "registered_name": f"{module}>{name}"}

    return made


ATTACKS: dict[str, Build] = {
    "lambda": _lambda,
    "os.system": _function("os", "system"),
    "builtins.exec": _function("builtins", "exec"),
    "subprocess": _as_class("subprocess", "Popen", args="touch CANARY"),
    "get_file": _as_class("keras.utils", "get_file", fname="CANARY", origin="file:///etc/passwd"),
    "custom": _as_class("my_package", "Mine", path="CANARY"),
    "tfsm": lambda canary: layer("TFSMLayer", "evil", filepath=str(canary), call_endpoint="serve"),
    "wrapper": lambda canary: layer("TimeDistributed", "evil", layer=_lambda(canary)),
    "bidirectional": lambda canary: layer("Bidirectional", "evil", layer=_lambda(canary)),
    "jax": lambda canary: layer("JaxLayer", "evil", call_fn=str(canary)),
    "hashing": lambda canary: layer("StringLookup", "evil", vocabulary=str(canary)),
    "activation": _as_field("activation", "os", "system"),
    "initializer": _as_field("kernel_initializer", "subprocess", "Popen"),
    "regularizer": _as_field("kernel_regularizer", "os", "system"),
    "constraint": _as_field("kernel_constraint", "builtins", "eval"),
    "dtype": _as_field("dtype", "os", "system"),
    "quantization": _as_field("quantization_config", "os", "system"),
    "nested": lambda canary: sequential(given(784), sequential(given(784), _lambda(canary))),
    "build": lambda canary: {
        **layer("Conv1D", "evil"),
        "build_config": {"module": "os", "class_name": "system", "config": f"touch {canary}"},
    },
}


def test_the_canary_does_sing_where_keras_itself_opens_the_cage(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    document = sequential(given(28, 28), FLAT, _lambda(canary), dense("last", 10))
    (tmp_path / "evil.keras").write_bytes(packed(document))
    with suppress(OSError):  # it has no weights; by then the code has run
        keras.saving.load_model(tmp_path / "evil.keras", safe_mode=False)
    assert canary.exists()


@pytest.mark.parametrize("attack", ATTACKS)
def test_code_in_a_file_is_named_and_never_runs(
    attack: str, digits_info: DatasetInfo, tmp_path: Path
) -> None:
    from tests.contract.brought import brought

    canary = tmp_path / "canary"
    document = sequential(given(28, 28), FLAT, ATTACKS[attack](canary), dense("last", 10))
    with pytest.raises(FileRefused) as refused:
        brought(packed(document), digits_info, tmp_path)
    assert not canary.exists()
    told = str(refused.value)
    # an initializer would only ever be asked for new weights: that it is strange is a remark elsewhere
    assert "evil" in told or attack == "initializer"


def test_code_in_the_plan_or_beside_the_layers_is_data(
    whole: bytes, digits_info: DatasetInfo, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    members = parts(open_archive(whole))
    document = json.loads(members["config.json"])
    strange = {"module": "os", "class_name": "system", "config": f"touch {canary}", "registered_name": None}
    document["compile_config"] = {"optimizer": strange, "loss": _lambda(canary), "metrics": [strange]}
    document["build_config"] = strange
    document["config"]["build_input_shape"] = strange
    for each in document["config"]["layers"]:
        each["build_config"] = strange
    changed = zipped({**members, "config.json": json.dumps(document).encode()})
    brought = bring(changed, "model.keras", digits_info)
    assert not canary.exists()
    assert brought.experiment.training.optimizer == "adam"
    assert any("optimizer" in each for each in brought.remarks)


def test_code_is_named_through_the_door_as_well(digits_info: DatasetInfo, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    document = sequential(given(28, 28), FLAT, _lambda(canary), dense("last", 10))
    with pytest.raises(FileRefused, match=r"evil \(Lambda\): there is no such layer here"):
        bring(packed(document), "model.keras", digits_info)
    assert not canary.exists()


def test_a_pickle_in_the_place_of_weights_is_refused(digits_info: DatasetInfo, tmp_path: Path) -> None:
    import io

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (open, (str(tmp_path / "canary"), "w"))

    memory = io.BytesIO()
    np.savez(memory, w=np.array([Evil()], dtype=object))
    document = sequential(given(28, 28), FLAT, dense("last", 10))
    for content in (packed(document, memory.getvalue()), packed(document, memory.getvalue()[::-1])):
        with pytest.raises(FileRefused, match="damaged"):
            bring(content, "model.keras", digits_info)
    with pytest.raises(FileRefused, match=r"model\.weights\.h5"):
        bring(
            zipped({"config.json": b"{}", "model.weights.npz": memory.getvalue()}), "m.keras", digits_info
        )
    assert not (tmp_path / "canary").exists()


# --- too much ---


def test_a_process_that_takes_too_long_is_ended(
    whole: bytes, digits_info: DatasetInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disposable, "LOADING", 0)
    monkeypatch.setattr(disposable, "SECONDS", 0.05)
    with pytest.raises(FileRefused, match=r"took more than 0\.05 seconds"):
        bring(whole, "model.keras", digits_info)
    assert not _workers()


def test_a_process_that_dies_is_said_in_words(
    whole: bytes, digits_info: DatasetInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disposable, "_ROOT", Path("/"))  # no such module there
    with pytest.raises(FileRefused, match="broke off"):
        bring(whole, "model.keras", digits_info)
    assert not _workers()


LIMITED = """
import sys
from core.bringback import worker
worker.MEMORY, worker.SECONDS = int(sys.argv[1]), float(sys.argv[2])
worker.limit()
"""


def _limited(memory: int, seconds: float, then: str) -> subprocess.CompletedProcess[str]:
    """Run something in a process that has bounded itself."""
    script = [sys.executable, "-c", LIMITED + then, str(memory), str(seconds)]
    return subprocess.run(script, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.skipif(os.name != "posix", reason="other systems can't bound a process's memory")
def test_a_process_can_not_take_more_memory_than_it_may() -> None:
    took = "try: len(bytearray(200 << 20))\nexcept MemoryError: print('refused')\nelse: print('taken')"
    assert _limited(100 << 20, 60, took).stdout == "refused\n"
    assert _limited(400 << 20, 60, took).stdout == "taken\n"


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such clock; the parent waits there")
def test_a_process_ends_itself_even_while_it_is_in_a_library() -> None:
    endless = "import re\nre.match('(a+)+$', 'a' * 60 + 'b')"  # one call into C that would take years
    assert _limited(1 << 30, 0.2, endless).returncode == -signal.SIGALRM


def _workers() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [each for each in children if "core.bringback.worker" in " ".join(each.cmdline())]


def test_damaged_files_are_refused_through_the_door(whole: bytes, digits_info: DatasetInfo) -> None:
    place = whole.index(b"\x89HDF")
    for content in (whole[:-1], whole[: len(whole) // 2], whole[:place] + b"!" + whole[place + 1 :]):
        with pytest.raises(LayerLabError):
            bring(content, "model.keras", digits_info)
