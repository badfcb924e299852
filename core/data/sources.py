"""The data sets by name: what each declares, and how it is brought to this machine.

To add one, write a `Source` and put it into `SOURCES`. `fetch` runs in a worker process, never in
the web process, and may import anything. Versions of one's own handwriting are not listed there: they
are found by their names, see `known`.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data import own
from core.data.mnist_manner import as_mnist
from core.data.split import Array
from core.errors import DataUnavailable, InvalidExperiment
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.fields import shortened


@dataclass(frozen=True)
class Source:
    """Where a data set comes from.

    Attributes:
        info: What it declares.
        filename: Its file in the data folder.
        fetch: Returns x_train, y_train, x_test, y_test; raises OSError or DataUnavailable.
        download_bytes: Size of the download; 0 where it ships with a library.
        cached_at: Where the download grows, below Keras's own cache folder.
        keras_module: The module of `keras.datasets` that loads it; empty where none does.
        licence: Whose it is and under which terms.
        otherwise: Python that makes the same arrays where the file is not there; it may call `as_mnist`.
        version: The version of one's own handwriting that it holds; None for all others.
        base: The name of the data set that this handwriting is mixed with; empty where there is none.
    """

    info: DatasetInfo
    filename: str
    fetch: Callable[[], Mapping[str, Array]]
    licence: str
    download_bytes: int = 0
    cached_at: tuple[str, ...] = ()
    keras_module: str = ""
    otherwise: tuple[str, ...] = ()
    version: own.Version | None = None
    base: str = ""

    @property
    def ships(self) -> bool:
        """Whether it comes with a library, so that no network is needed."""
        return self.download_bytes == 0 and self.version is None

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files that `code` reads from the folder it runs in."""
        beside = SOURCES[self.base].files if self.base else ()
        return (*beside, *([] if self.keras_module else [self.filename]))

    def code(self) -> list[str]:
        """Return the Python that a person would load it with."""
        if self.version and self.base:
            return self._mixing(self.version.copies(SOURCES[self.base].info.training_size))
        names = "(x_train, y_train), (x_test, y_test)"
        if self.keras_module:
            return [f"{names} = keras.datasets.{self.keras_module}.load_data()"]
        beside = f"{self.filename} is LayerLab's own file; its page has a button that saves it"
        read = [
            f'data = np.load("{self.filename}")',
            'x_train, y_train = data["x_train"], data["y_train"]',
            'x_test, y_test = data["x_test"], data["y_test"]',
        ]
        if not self.otherwise:
            return [f"# {beside}", *read]
        return [
            f'if Path("{self.filename}").exists():  # LayerLab\'s own file',
            *(f"    {line}" for line in read),
            "else:",
            *(f"    {line}" if line else "" for line in self.otherwise),
        ]

    def _mixing(self, copies: int) -> list[str]:
        return [
            *SOURCES[self.base].code(),
            "",
            f"# handwriting of one's own, each drawing {copies:,} times; the test stays as it is",
            f'own = np.load("{self.filename}")',
            f'x_own, y_own = np.tile(own["x_train"], ({copies}, 1, 1)), np.tile(own["y_train"], {copies})',
            "x_train, y_train = np.concatenate([x_train, x_own]), np.concatenate([y_train, y_own])",
        ]


def known(name: str) -> Source | None:
    """Return the source called `name`, or None where no data set of that name is known here."""
    found = SOURCES.get(name)
    return found if found else _own(name)


def source(name: str) -> Source:
    """Return the source called `name`.

    Raises:
        InvalidExperiment: No data set of that name is known here.
    """
    found = known(name)
    if found:
        return found
    parsed = own.parse(name)
    if parsed:
        raise InvalidExperiment(own.absent(parsed[1]))
    raise InvalidExperiment(
        f"The data set {shortened(name)} is not known here. Known are {', '.join(SOURCES)}."
    )


def _own(name: str) -> Source | None:
    """Return a version of one's own handwriting, alone or mixed, by its name."""
    base, code = own.parse(name) or ("", "")
    version = own.version(code) if code else None
    if version is None:
        return None

    def fetch() -> Mapping[str, Array]:
        raise DataUnavailable(own.absent(code))

    info = own.info(version, SOURCES[base].info if base else None)
    return Source(info, version.filename, fetch, "Drawn here, by hand", version=version, base=base)


def fetched_bytes(source: Source) -> int:
    """Return how much of a download has arrived, by the size of its files in Keras's cache."""
    root = _keras_cache()
    sizes = 0
    for name in source.cached_at:
        try:
            sizes += (root / name).stat().st_size
        except OSError:
            continue  # not begun yet
    return sizes


def _keras_cache() -> Path:
    """Return the folder that Keras downloads into, by Keras's own rule, without loading Keras."""
    path = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    return path if os.access(path.parent, os.W_OK) else Path(tempfile.gettempdir()) / ".keras"


_TEST_DIGITS = 360
_DIGITS_OTHERWISE = (
    "from sklearn.datasets import load_digits",
    "",
    "digits = load_digits()  # 8 × 8 counts of ink from 0 to 16",
    "x = np.stack([as_mnist(np.uint8(image * (255 / 16))) for image in digits.images])",
    f"x_train, x_test = x[:-{_TEST_DIGITS}], x[-{_TEST_DIGITS}:]",
    f"y_train, y_test = digits.target[:-{_TEST_DIGITS}], digits.target[-{_TEST_DIGITS}:]",
)
"""What `_fetch_digits` does, for a program of its own."""


def _fetch_digits() -> Mapping[str, Array]:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    # 8 × 8 counts of ink from 0 to 16
    images = np.stack([as_mnist((image * (255 / 16)).astype(np.uint8)) for image in bunch.images])
    labels = bunch.target.astype(np.uint8)
    # The file was not shuffled: neighbours tend to be of one hand, so its end is the harder and the
    # more honest test.
    return {
        "x_train": images[:-_TEST_DIGITS],
        "y_train": labels[:-_TEST_DIGITS],
        "x_test": images[-_TEST_DIGITS:],
        "y_test": labels[-_TEST_DIGITS:],
    }


def _fetch_mnist() -> Mapping[str, Array]:
    from keras.datasets import mnist

    return _by_key(mnist.load_data())  # Keras checks its SHA-256


_FASHION_FOLDER = "datasets/fashion-mnist"
# MD5, from the README of github.com/zalandoresearch/fashion-mnist; Keras's loader checks none
_FASHION_FILES = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}


def _fetch_fashion() -> Mapping[str, Array]:
    from keras.datasets import fashion_mnist

    folder = _keras_cache() / _FASHION_FOLDER
    _delete_damaged(folder)
    arrays = _by_key(fashion_mnist.load_data())
    damaged = _delete_damaged(folder)
    if damaged:
        raise DataUnavailable(
            f"Fashion-MNIST arrived damaged ({', '.join(damaged)}: wrong checksum). Try again."
        )
    return arrays


def _delete_damaged(folder: Path) -> list[str]:
    damaged = []
    for name, checksum in _FASHION_FILES.items():
        path = folder / name
        if path.exists() and hashlib.md5(path.read_bytes()).hexdigest() != checksum:
            path.unlink()
            damaged.append(name)
    return damaged


def _by_key(loaded: tuple[tuple[Array, Array], tuple[Array, Array]]) -> Mapping[str, Array]:
    (x_train, y_train), (x_test, y_test) = loaded
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


_DIGITS = DatasetInfo(
    name="digits",
    label="Digits",
    summary="1,797 real handwritten digits that come with scikit-learn: here at once, no network needed.",
    input_shape=(28, 28, 1),
    task=Task.CLASSIFICATION,
    training_size=1_797 - _TEST_DIGITS,
    test_size=_TEST_DIGITS,
    classes=tuple("0123456789"),
    drawable=True,
    noun="digit",
)
_MNIST = DatasetInfo(
    name="mnist",
    label="MNIST",
    summary="70,000 real handwritten digits, the field's standard first data set.",
    input_shape=(28, 28, 1),
    task=Task.CLASSIFICATION,
    training_size=60_000,
    test_size=10_000,
    classes=tuple("0123456789"),
    drawable=True,
    noun="digit",
)
_FASHION = DatasetInfo(
    name="fashion_mnist",
    label="Fashion-MNIST",
    summary="70,000 pictures of clothes in MNIST's format, and harder than digits.",
    input_shape=(28, 28, 1),
    task=Task.CLASSIFICATION,
    training_size=60_000,
    test_size=10_000,
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    noun="picture",
)

SOURCES: dict[str, Source] = {
    "digits": Source(
        _DIGITS,
        "digits-1.npz",
        _fetch_digits,
        "Alpaydin & Kaynak, Optical Recognition of Handwritten Digits, UCI 1998, CC BY 4.0",
        otherwise=_DIGITS_OTHERWISE,
    ),
    "mnist": Source(
        _MNIST,
        "mnist.npz",
        _fetch_mnist,
        "LeCun, Cortes & Burges, CC BY-SA 3.0",
        download_bytes=11_490_434,
        cached_at=("datasets/mnist.npz",),
        keras_module="mnist",
    ),
    "fashion_mnist": Source(
        _FASHION,
        "fashion_mnist.npz",
        _fetch_fashion,
        "Xiao, Rasul & Vollgraf, MIT licence",
        download_bytes=30_878_645,
        cached_at=tuple(f"{_FASHION_FOLDER}/{name}" for name in _FASHION_FILES),
        keras_module="fashion_mnist",
    ),
}
