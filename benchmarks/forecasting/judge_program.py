"""Forecast with one method of statsforecast; run by the judges' own Python.

python judge_program.py METHOD SEASON HORIZON HISTORY.npy FORECAST.npz
"""

import os
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402


def models(season):
    """Return the methods by name."""
    from statsforecast import models as known

    return {
        "AutoETS": lambda: known.AutoETS(season_length=season),
        "IMAPA": known.IMAPA,
        "DOT": lambda: known.DynamicOptimizedTheta(season_length=season),
        "TSB": lambda: known.TSB(alpha_d=0.1, alpha_p=0.1),
    }


def main(name, season, horizon, given, got):
    """Forecast each series from its first sale on."""
    warnings.simplefilter("ignore")
    model, horizon = models(int(season))[name](), int(horizon)
    history = np.load(given)
    mean = np.zeros((len(history), horizon))
    model.forecast(np.arange(1.0, 30.0), horizon)
    started = time.process_time()
    for row, values in enumerate(history):
        values = np.trim_zeros(values, "f")
        if len(values) > 2:
            mean[row] = np.nan_to_num(model.forecast(values, horizon)["mean"])
        elif len(values):
            mean[row] = values.mean()
    np.savez(got, mean=mean, seconds=time.process_time() - started)


if __name__ == "__main__":
    main(*sys.argv[1:])
