"""Values of the GraphQL API: ids, amounts and pages."""

from decimal import Decimal

PAGE_MAX = 250


def gid(kind, number):
    return f"gid://shopify/{kind}/{number}"


def number_of(value):
    return int(value.rpartition("/")[2])


def amount(value):
    """:return: an amount in the format of Shopify's scalars: 10.0, 9.99"""
    text = f"{Decimal(value).normalize():f}"
    return text if "." in text else f"{text}.0"


def connection(items, cursor=None):
    """:return: a field that returns items page by page

    :param cursor: function that returns an item's cursor; its position by default
    """

    def field(info=None, first=None, after=None, **_arguments):
        keys = [cursor(item) if cursor else str(i) for i, item in enumerate(items)]
        start = keys.index(after) + 1 if after in keys else 0
        stop = min(start + min(first or PAGE_MAX, PAGE_MAX), len(items))
        nodes = [item() if callable(item) else item for item in items[start:stop]]
        return {
            "nodes": nodes,
            "edges": [{"node": node} for node in nodes],
            "pageInfo": {
                "hasNextPage": stop < len(items),
                "endCursor": keys[stop - 1] if stop > start else None,
            },
        }

    return field
