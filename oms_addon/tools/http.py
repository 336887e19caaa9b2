"""The one door out: every call to another system, with a time-out and a verdict."""

import logging

import requests

from odoo.addons.oms_addon.exceptions import FinalError, RetryableError

_logger = logging.getLogger(__name__)

TIMEOUT = (5, 20)
RETRYABLE_STATUS = {408, 409, 425, 429, 500, 502, 503, 504}
MAX_ANSWER = 1024


def post(url, body, headers):
    """Post a JSON body.

    :param str url: where to
    :param bytes body: the JSON
    :param dict headers: on top of the content type; never logged
    :return: ``{"status": int, "answer": str}``, the answer cut to 1 KiB
    :rtype: dict
    :raise RetryableError: when the other side cannot be reached, is busy or broken
    :raise FinalError: when it refuses
    """
    try:
        response = requests.post(
            url,
            data=body,
            headers={"Content-Type": "application/json", **headers},
            timeout=TIMEOUT,
        )
    except requests.RequestException as error:
        raise RetryableError(f"{url} cannot be reached: {type(error).__name__}.") from error
    answer = response.text[:MAX_ANSWER]
    _logger.info("POST %s answered %s", url, response.status_code)
    if response.status_code in RETRYABLE_STATUS:
        raise RetryableError(
            f"{url} answered {response.status_code}: {answer}", seconds=_retry_after(response)
        )
    if not response.ok:
        raise FinalError(f"{url} refused with {response.status_code}: {answer}")
    return {"status": response.status_code, "answer": answer}


def _retry_after(response):
    """:return: the seconds the other side asks to wait, or ``None``"""
    value = response.headers.get("Retry-After", "")
    return int(value) if value.isdigit() else None
