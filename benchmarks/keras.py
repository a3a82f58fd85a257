"""The bare LSTM loop's rival: the same model in `keras.Model.fit`, TensorFlow on CPU.

Keras lives in an environment of its own, `build/keras`, that `make bench` fills.
"""

import asyncio
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.report import Row
from benchmarks.throughput import STEPS, TURNS, live
from explorer.catalog import building, choosing
from explorer.engine.service import Engine

PYTHON = Path(__file__).parents[1] / "build" / "keras" / "bin" / "python"

PROGRAM = """
import os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
import keras
data = np.load(sys.argv[1])
x, y, late = data["x"], data["y"], int(data["late"])
inputs = keras.Input(x.shape[1:])
hidden = keras.layers.LSTM(32, return_sequences=True)(inputs)
outputs = keras.layers.Dense(1)(hidden)[:, late:]
model = keras.Model(inputs, outputs)
model.compile(keras.optimizers.AdamW(0.005, weight_decay=0.0, clipnorm=1.0), "mse")
y = y[:, late:]
model.fit(x[:640], y[:640], batch_size=32, epochs=1, verbose=0)
began = time.perf_counter()
model.fit(x, y, batch_size=32, epochs=int(sys.argv[2]), verbose=0)
steps = int(sys.argv[2]) * -(-len(x) // 32)
print(steps / (time.perf_counter() - began), keras.__version__, tf.__version__)
"""


def measure(engine: Engine) -> list[Row]:
    """One row: the product's live LSTM against Keras."""
    config = choosing.make_config("sine", "lstm", {"training.steps": STEPS["lstm"]})
    data = building.make_data(config)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.npz"
        np.savez(file, x=data.train.x, y=data.train.y, late=data.counted_from)
        speeds, ours, versions = [], [], ""
        for _ in range(TURNS):
            ours.append(asyncio.run(live(engine, config))[0])
            done = subprocess.run(
                [PYTHON, "-c", PROGRAM, str(file), "10"],
                capture_output=True,
                text=True,
                check=True,
                env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
            )
            speed, *rest = done.stdout.split()
            speeds.append(float(speed))
            versions = "Keras {} on TensorFlow {}".format(*rest)
    live_speed = statistics.median(ours)
    ratio = live_speed / statistics.median(speeds)
    return [
        Row(
            f"LSTM, live run / `keras.Model.fit` ({versions})",
            f"{ratio:.1f} ({live_speed:.0f} / {statistics.median(speeds):.0f} "
            "steps per second)",
            ">= 3",
            ratio >= 3,
        )
    ]
