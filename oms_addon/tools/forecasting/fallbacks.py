"""Series that say little: never sold, new, like another product, no longer sold."""

from . import panel as panels
from .numerics import numpy

#: a series that began so few buckets ago is marked; its candidates are its own mean, shrunk
SHORT = 3


def apply(panel, outlook):
    """Replace the forecasts of series that the pooled methods do not know.

    :param Panel panel: cleaned histories
    :param Outlook outlook: changed in place
    """
    np = numpy()
    width = panel.shape[1]
    age = width - panel.start
    outlook.methods[(age > 0) & (age <= SHORT)] = "short"
    dead = panels.inactive(panel)
    outlook.mean[dead], outlook.methods[dead] = 0.0, "inactive"
    unsold = age <= 0
    outlook.mean[unsold], outlook.methods[unsold] = 0.0, "none"
    _apply_likeness(panel, outlook, np.flatnonzero(age <= SHORT))


def _apply_likeness(panel, outlook, rows):
    """Give new products the forecast of the product they are like, times the factor.

    That product has to be in the same chunk; otherwise the caller uses `Forecast.like`.
    """
    places = {one.key: row for row, one in enumerate(panel.series)}
    for row in rows.tolist():
        model = places.get(panel.series[row].like)
        if model is None or model == row or panel.series[row].like is None:
            continue
        outlook.mean[row] = outlook.mean[model] * panel.series[row].factor
        outlook.methods[row] = "like"
