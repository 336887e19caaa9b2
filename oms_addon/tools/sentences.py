"""Join sentences with one full stop each."""

ENDS = (".", "!", "?", "…", ":")


def join(texts):
    """Join sentences; missing full stops are added, empty sentences are skipped.

    :param texts: iterable of str
    :rtype: str
    """
    stripped = (text.strip() for text in texts if text and text.strip())
    return " ".join(text if text.endswith(ENDS) else f"{text}." for text in stripped)


def inner(text):
    """:return: a sentence without its full stop, for templates that add one
    :rtype: str
    """
    text = str(text or "").strip()
    return text.rstrip(".") if not text.endswith("...") else text
