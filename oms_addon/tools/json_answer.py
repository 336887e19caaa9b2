"""JSON of servers that write more than JSON: notices of PHP before or behind it, marks of order."""

import contextlib
import json
import re
from itertools import islice

from .json_shape import to_json_text

#: what PHP writes into a page besides what it was asked for
_NOTICE = re.compile(
    r"(?:<br ?/?>\s{0,20}){0,9}(?:<b>)?(?:PHP )?"
    r"(?:Notice|Warning|Deprecated|Strict Standards|User (?:notice|warning|deprecated))\b",
    re.I,
)
_PAGE = re.compile(r"<!doctype|<html|Fatal error", re.I)
#: how far into an answer its JSON may begin
_AT_MOST = 256 * 1024
#: how many brackets before it are tried, which stand in the notices
_MOST_TRIES = 50


def read_json(body, **options):
    """Read JSON, whatever PHP wrote around it.

    A page that merely has JSON in it is none: only notices are left out, and what is read
    goes to the end.

    :param bytes body: the answer
    :param options: as of ``json.loads``
    :return: the data; ``None`` when it is no JSON
    """
    for read in (_read_whole, _read_within):
        with contextlib.suppress(ValueError, RecursionError):
            return read(body, options)
    return None


def _read_whole(body, options):
    """:return: the data of an answer that is nothing else"""
    return json.loads(to_json_text(body), **options)


def _plain(body):
    """:return: an answer as text without marks of order"""
    return body.decode("utf-8", "replace").replace("\ufeff", "").strip()


def _read_within(body, options):
    """:return: the data that notices stand around; ``None`` when there is none"""
    found = to_json_text(_plain(body))
    decoder = json.JSONDecoder(**options)
    head = found[:_AT_MOST]
    page = _PAGE.search(head)
    begins_with_notice = bool(_NOTICE.match(head))
    for start in (m.start() for m in islice(re.finditer(r"[\[{]", head), _MOST_TRIES)):
        if page and page.start() < start or start and not begins_with_notice:
            return None
        try:
            data, end = decoder.raw_decode(found, start)
        except json.JSONDecodeError as error:
            # Brackets of a notice end soon; long data that is broken is not read time and again.
            if error.pos - start > _AT_MOST:
                return None
            continue
        behind = found[end:].strip()
        if not behind or _NOTICE.match(behind):
            return data
    return None
