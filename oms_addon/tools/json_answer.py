"""JSON of servers that send more than JSON: PHP notices before or after it, byte order marks."""

import contextlib
import json
import re
from itertools import islice

from .json_shape import to_json_text

#: beginnings of PHP notices in a page
_NOTICE = re.compile(
    r"(?:<br ?/?>\s{0,20}){0,9}(?:<b>)?(?:PHP )?"
    r"(?:Notice|Warning|Deprecated|Strict Standards|User (?:notice|warning|deprecated))\b",
    re.I,
)
_PAGE = re.compile(r"<!doctype|<html|Fatal error", re.I)
#: maximum offset of the JSON in a response
_AT_MOST = 256 * 1024
#: maximum number of opening brackets tried, as notices may contain some
_MOST_TRIES = 50


def read_json(body, **options):
    """Parse JSON with PHP notices around it.

    A page that contains JSON is not accepted: only notices are skipped, and the JSON has to
    extend to the end.

    :param bytes body: the response body
    :param options: as for ``json.loads``
    :return: the data; ``None`` when it is not JSON
    """
    for read in (_read_whole, _read_within):
        with contextlib.suppress(ValueError, RecursionError):
            return read(body, options)
    return None


def _read_whole(body, options):
    """:return: the data of a body that is only JSON"""
    return json.loads(to_json_text(body), **options)


def _plain(body):
    """:return: a body as text, without byte order marks"""
    return body.decode("utf-8", "replace").replace("\ufeff", "").strip()


def _read_within(body, options):
    """:return: the data between notices; ``None`` when there is none"""
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
            # A notice's brackets fail early; do not parse long invalid data repeatedly.
            if error.pos - start > _AT_MOST:
                return None
            continue
        behind = found[end:].strip()
        if not behind or _NOTICE.match(behind):
            return data
    return None
