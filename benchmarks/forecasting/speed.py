"""Series per second and memory of the engine, in a process without Odoo.

python speed.py FOLDER_OF_TOOLS COUNT WIDTH CHUNK
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
MEMORY = Path("/proc/self/status")


def peak():
    """Return the largest resident memory so far, in MB."""
    [line] = [line for line in MEMORY.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def chunks(count, width, size, series_class):
    """Yield lists of series as they come from a database, one at a time."""
    import numpy as np

    for number in range(0, count, size):
        rng = np.random.default_rng(number)
        rows = min(size, count - number)
        chance = rng.uniform(0.05, 1.0, (rows, 1))
        demand = rng.poisson(rng.gamma(1.0, 4.0, (rows, 1)), (rows, width))
        demand = demand * (rng.random((rows, width)) < chance)
        yield [series_class(number + row, values) for row, values in enumerate(demand.tolist())]


def main(folder, count, width, size):
    """Learn from all chunks and forecast them; print the figures as JSON."""
    sys.path.insert(0, folder)
    before = peak()
    from forecasting import engine
    from forecasting.results import Series

    count, width, size = int(count), int(width), int(size)
    given = time.process_time()
    for _chunk in chunks(count, width, size, Series):
        pass
    given = time.process_time() - given
    started = time.process_time()
    weights = engine.learn(chunks(count, width, size, Series), "week")
    learnt = time.process_time() - started - given
    started = time.process_time()
    for chunk in chunks(count, width, size, Series):
        engine.forecast(chunk, "week", weights, 13)
    spent = time.process_time() - started - given
    figures = {
        "series_per_second": count / (learnt + spent),
        "forecast_series_per_second": count / spent,
        "learn_series_per_second": count / learnt,
        "peak_memory_mb": peak() - before,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
