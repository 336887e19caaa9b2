"""PrestaShop: what several parts of the adapter know."""

import re

#: how many rows are asked for at once
PAGE = 50


def shop_ids(channel):
    """:return: the numbers of the channel's shops; none for all"""
    return re.findall(r"\d+", channel.account_ref or "")
