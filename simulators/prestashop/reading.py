"""Reading by the webservice: filters, order, limits, display."""

import re
from xml.etree import ElementTree

from ..base import Response
from .tables import RESOURCES, matcher, sort_key
from .xml import add_element, to_xml


class Reading:
    """Reading by the webservice: filters, order, limits, display."""

    def _read(self, request, resource, rest):
        query = request.query
        if rest:
            row = self.tables[resource].get(int(rest[0]) if rest[0].isdigit() else 0)
            if not row:
                return Response(404, b"")
            return self._render(request, RESOURCES[resource][0], self._shown(resource, row, None))
        rows = [self._full(resource, row) for row in self.tables[resource].values()]
        rows = [row for row in rows if self._is_of_shops(query, row, resource)]
        for name, value in query.items():
            if field := re.fullmatch(r"filter\[(\w+)\]", name):
                rows = self._filter(request, rows, field[1], value)
        rows = self._sort(request, rows)
        rows = self._limit(request, rows)
        fields = self._fields(request, resource)
        shown = [self._shown(resource, row, fields) for row in rows]
        plural = "order_slips" if resource == "order_slip" else resource
        if query.get("output_format") != "JSON":
            return self._render_xml_list(plural, RESOURCES[resource][0], shown)
        return Response(200, {plural: shown} if shown else [])

    def _is_of_shops(self, query, row, resource):
        if "id_shop" not in row or resource == "configurations":
            return True
        asked = query.get("id_shop", "1")
        return asked == "all" or str(row["id_shop"]) in ("", "0", asked)

    def _filter(self, request, rows, field, value):
        if field in ("date_add", "date_upd") and request.query.get("date") != "1":
            raise self._refuse(request, 400, 32, "This filter does not exist. Did you mean")
        if value == "":
            raise self._refuse(request, 400, 33, f'The filter "{field}" is malformed.')
        if rows and not any(field in row for row in rows):
            raise self._refuse(request, 400, 32, "This filter does not exist. Did you mean")
        test = matcher(value)
        return [row for row in rows if test(str(row.get(field, "")))]

    def _sort(self, request, rows):
        asked = request.query.get("sort", "")
        for one in reversed([s for s in asked.strip("[]").split(",") if s]):
            field, _under, direction = one.rpartition("_")
            if direction not in ("ASC", "DESC"):
                raise self._refuse(request, 400, 37, 'The "sort" value has to be formed as')
            rows = sorted(
                rows, key=lambda row, f=field: sort_key(row.get(f)), reverse=direction == "DESC"
            )
        return rows

    def _limit(self, request, rows):
        limit = request.query.get("limit")
        if not limit:
            return rows
        parts = limit.split(",")
        if len(parts) > 2:
            raise self._refuse(request, 400, 39, 'The "limit" value has to be formed as')
        numbers = [int(part) for part in parts]
        start, count = numbers if len(numbers) == 2 else (0, numbers[0])
        return rows[start : start + min(count, self.page_limit or count)]

    def _fields(self, request, resource):
        """:return: the fields to show; ``None`` for all"""
        display = request.query.get("display", "[id]")
        if display == "full":
            return None
        if not re.fullmatch(r"\[.*\]", display):
            raise self._refuse(request, 400, 36, "The 'display' syntax is wrong.")
        fields = display[1:-1].split(",")
        known = next(iter(self.tables[resource].values()), None)
        for field in fields:
            if known is not None and field not in self._full(resource, known):
                raise self._refuse(request, 400, 35, f'Unable to display this field "{field}".')
        return fields

    def _full(self, resource, row):
        """:return: a row with what belongs to it"""
        if resource == "orders":
            keys = (
                "id product_id product_attribute_id product_quantity product_name "
                "product_reference product_ean13 product_isbn product_upc product_price "
                "id_customization unit_price_tax_incl unit_price_tax_excl"
            ).split()
            details = self.rows("order_details", id_order=row["id"])
            rows = [{key: str(d.get(key, "")) for key in keys} for d in details]
            return {**row, "associations": {"order_rows": rows}}
        return row

    def _shown(self, resource, row, fields):
        row = self._full(resource, row)
        if fields is not None:
            return {field: row[field] for field in fields if field in row}
        return {
            key: value for key, value in row.items() if key != "associations" or any(value.values())
        }

    def _render(self, request, node, row):
        if request.query.get("output_format") == "JSON":
            return Response(200, {node: row})
        return to_xml(200, add_element(ElementTree.Element("prestashop"), node, row))

    def _render_xml_list(self, plural, node, rows):
        root = ElementTree.Element("prestashop")
        group = ElementTree.SubElement(root, plural)
        for row in rows:
            add_element(group, node, row)
        return to_xml(200, root)
