"""Paths of addresses: ids of others stand in them as what they are, never as a part of the path."""

from urllib.parse import quote

from odoo.addons.oms_addon.exceptions import FinalError

#: what leads elsewhere although it is quoted: clients resolve it before they send
_STEPS = {"", ".", ".."}
MAX_PART = 500


def segment(ref):
    """Return an id as one part of a path.

    :param ref: the id, as another system told it
    :raise FinalError: when it cannot be one part of a path
    """
    text = str(ref)
    if text in _STEPS or len(text) > MAX_PART:
        raise FinalError(f"“{text[:50]}” is no ID of the channel: it cannot be called with it.")
    return quote(text, safe="", errors="replace")
