"""PrestaShop: values shared by the parts of the adapter."""

import re

#: number of rows per call
PAGE = 50


def shop_ids(channel):
    """:return: the ids of the channel's shops; empty for all"""
    return re.findall(r"\d+", channel.account_ref or "")
