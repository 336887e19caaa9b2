"""The list of fields of a custom filter shows what a person filters by, nothing technical."""

import re

from lxml import etree

from odoo.addons.oms_addon.tools.technical_fields import TECHNICAL_FIELDS

from .common import OmsCommon

#: names of what only programs compare, and labels that say as much
TECHNICAL = re.compile(
    r"(?:.*_)?(?:digest|salt|tokens?|secret|cursor|hash)|(?:.*_)?(?:address|shared|sku|number)_key"
    r"|api_key|page|listing_page"
)
LABEL = re.compile(r".*\b(?:Digest|SHA-\d+|Token|Cursor|Salt|Key)")
#: named alike, and something that people choose
CHOSEN = {("oms.customer.key", "key"), ("sale.order", "oms_cursor")}


class TestCustomFilters(OmsCommon):
    def _searchable(self):
        """:return: what a custom filter offers of ours: triples of model, name, description"""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract or model._transient:
                continue
            for field, about in model.fields_get().items():
                ours = name.startswith("oms.") or field.startswith("oms_")
                if ours and about.get("searchable") and about["type"] != "json":
                    yield name, field, about

    def test_no_custom_filter_offers_a_technical_field(self):
        found = {
            (model, name)
            for model, name, about in self._searchable()
            if TECHNICAL.fullmatch(name) or LABEL.fullmatch(about["string"])
        }
        self.assertEqual(found - CHOSEN, set())

    def test_no_custom_filter_offers_a_field_whose_label_is_its_name(self):
        found = [
            (model, name)
            for model, name, about in self._searchable()
            if "_" in about["string"] or re.search(r"\b(?:Ids?|Oms)\b", about["string"])
        ]
        self.assertEqual(found, [])

    def test_every_hidden_field_exists_and_stands_in_no_search_view(self):
        for model, names in TECHNICAL_FIELDS.items():
            self.assertLessEqual(set(names), self.env[model]._fields.keys(), model)
            arch = etree.fromstring(self.env[model].get_view(view_type="search")["arch"])
            shown = {node.get("name") for node in arch.iter("field")}
            self.assertFalse(shown.intersection(names), model)

    def test_code_searches_by_hidden_fields_as_before(self):
        token = self.channel.token
        self.assertFalse(self.channel.fields_get(["token"])["token"]["searchable"])
        self.assertEqual(self.env["oms.channel"].search([("token", "=", token)]), self.channel)
