"""The fixtures every adapter has: what came in, and the document it is."""

import gzip
import json
from pathlib import Path

import pytest

from odoo.addons.oms_addon.channels.csv_file import parse_orders as csv_orders
from odoo.addons.oms_addon.channels.sample import parse_online_retail as online_retail
from odoo.addons.oms_addon.documents.order import parse_document

FIXTURES = Path(__file__).parents[1] / "fixtures"
SAMPLE = Path(online_retail.__file__).parents[2] / "data" / "sample" / "online_retail.csv.gz"
SOURCE = (
    Path(__file__).parents[3]
    / "shared"
    / "data"
    / "online_retail"
    / "online_retail_2010-12_2011-06.csv.gz"
)


def read_csv(data):
    """Return the only order of a table."""
    result = csv_orders.parse_orders(data, {}, {"timezone": "Europe/Berlin"})
    assert result.errors == ()
    (document,) = result.documents
    return document


@pytest.mark.parametrize(
    "adapter, name, read",
    [
        ("canonical", "order.json", parse_document),
        ("csv_file", "order.csv", read_csv),
        ("sample", "order.json", online_retail.parse_order),
    ],
)
def test_what_came_in_gives_the_expected_document(adapter, name, read):
    folder = FIXTURES / adapter
    document = read((folder / name).read_bytes())
    expected = json.loads((folder / "order.expected.json").read_text("utf-8"))
    assert document.to_dict() == expected
    assert document.problems() == ()
    assert parse_document(expected) == document


def test_the_sample_is_the_beginning_of_its_source_byte_by_byte():
    if not SOURCE.exists():
        pytest.skip("the whole data set is not beside this repository")
    sample = gzip.decompress(SAMPLE.read_bytes())
    with gzip.open(SOURCE) as source:
        assert source.read(len(sample)) == sample
        rest = {line.split(b",", 1)[0] for line in source}
    taken = {line.split(b",", 1)[0] for line in sample.splitlines()[1:]}
    assert len(taken) == 1400
    assert not taken & rest
