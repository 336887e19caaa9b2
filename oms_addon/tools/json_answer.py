"""JSON of servers that write more than JSON: notices of PHP before or behind it, marks of order."""

import json
import re

#: what PHP writes into a page besides what it was asked for
_NOTICE = re.compile(
    r"(?:<br ?/?>\s*)*(?:<b>)?(?:PHP )?"
    r"(?:Notice|Warning|Deprecated|Strict Standards|User (?:notice|warning|deprecated))\b",
    re.I,
)
_PAGE = re.compile(r"<!doctype|<html|Fatal error", re.I)
#: how far into an answer its JSON may begin
_AT_MOST = 256 * 1024


def read_json(body, **options):
    """Read JSON, whatever PHP wrote around it.

    A page that merely has JSON in it is none: only notices are left out, and what is read
    goes to the end.

    :param bytes body: the answer
    :param options: as of ``json.loads``
    :return: the data; ``None`` when it is no JSON
    """
    try:
        return json.loads(body, **options)
    except ValueError:
        return _read_within(body.decode("utf-8", "replace").replace("\ufeff", "").strip(), options)


def _read_within(found, options):
    """:return: the data that notices stand around; ``None`` when there is none"""
    decoder = json.JSONDecoder(**options)
    for start in (m.start() for m in re.finditer(r"[\[{]", found[:_AT_MOST])):
        before = found[:start].strip()
        if _PAGE.search(before):
            return None
        if before and not _NOTICE.match(before):
            return None
        try:
            data, end = decoder.raw_decode(found, start)
        except ValueError:
            continue
        behind = found[end:].strip()
        if not behind or _NOTICE.match(behind):
            return data
    return None
