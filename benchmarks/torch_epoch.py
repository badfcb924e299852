"""The notebook's epoch in PyTorch; started by `engine.py` with a Python that has PyTorch.

    python benchmarks/torch_epoch.py ARRAYS.npz

For each line that it reads it trains one epoch, validates, and writes the seconds. It knows nothing of
LayerLab, and does what one would write in PyTorch without anything wasteful: the pixels lie on the device
as bytes, batches are taken from there, eager steps with the fused Adam. Of the figures that the engine
has, it leaves out the accuracy of the training.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import torch
from torch import nn

BATCH, JUDGED = 32, 1_024


def main() -> None:
    """Train an epoch a line."""
    with np.load(sys.argv[1]) as arrays:
        inputs, answers, judged, right = (
            torch.from_numpy(arrays[name]) for name in ("inputs", "answers", "judged", "right")
        )
    answers, right = answers.long(), right.long()
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Linear(512, 512),
        nn.ReLU(),
        nn.Linear(512, 10),
    )
    cost = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    for _ in sys.stdin:
        begun = time.perf_counter()
        total = torch.zeros(())
        for places in torch.randperm(len(inputs)).split(BATCH):
            optimizer.zero_grad()
            loss = cost(model(inputs[places].float().div_(255)), answers[places])
            loss.backward()
            optimizer.step()
            total += loss.detach()
        with torch.inference_mode():
            costs, hits = torch.zeros(()), torch.zeros((), dtype=torch.long)
            for part, wanted in zip(judged.split(JUDGED), right.split(JUDGED), strict=True):
                given = model(part.float().div_(255))
                costs += cost(given, wanted) * len(part)
                hits += (given.argmax(1) == wanted).sum()
            _ = float(total), float(costs), int(hits)
        print(time.perf_counter() - begun, flush=True)


if __name__ == "__main__":
    main()
