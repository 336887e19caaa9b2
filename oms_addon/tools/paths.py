"""URL paths: external ids are quoted, so that they cannot change the path."""

from urllib.parse import quote

from odoo.addons.oms_addon.exceptions import FinalError

#: parts that change the path even when quoted: clients resolve them before sending
_STEPS = {"", ".", ".."}
MAX_PART = 500


def segment(ref):
    """Return an id as one segment of a path.

    :param ref: the id, as received from another system
    :raise FinalError: when it cannot be one segment of a path
    """
    text = str(ref)
    if text in _STEPS or len(text) > MAX_PART:
        raise FinalError(f"“{text[:50]}” is not a valid ID of the channel.")
    return quote(text, safe="", errors="replace")
