"""Tokens of next pages, each valid for one search only."""

import base64
import json

from ..base import Refusal, Response


def write_token(start, key):
    return base64.urlsafe_b64encode(json.dumps([start, key]).encode()).decode()


def read_token(token):
    try:
        start, key = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError):
        raise Refusal(
            Response(400, {"errors": [{"code": "InvalidInput", "message": "No such token."}]})
        ) from None
    return start, key
