"""Sentences put beside each other, with one full stop between two."""

ENDS = (".", "!", "?", "…", ":")


def join(texts):
    """Join sentences; one without a full stop gets one, empty ones are left out.

    :param texts: iterable of str
    :rtype: str
    """
    stripped = (text.strip() for text in texts if text and text.strip())
    return " ".join(text if text.endswith(ENDS) else f"{text}." for text in stripped)


def inner(text):
    """:return: a sentence without its full stop, for a template that sets one
    :rtype: str
    """
    text = str(text or "").strip()
    return text.rstrip(".") if not text.endswith("...") else text
