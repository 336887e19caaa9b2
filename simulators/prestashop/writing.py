"""Writing by the webservice, with the checks and effects of the real one."""

import re
from decimal import (
    Decimal,
)
from xml.etree import ElementTree

from ..base import Response
from .tables import CENT, RESOURCES, rounded
from .xml import add_element, to_xml


class Writing:
    """Writing by the webservice, with the checks and effects of the real one."""

    def _delete(self, request, resource, rest):
        if not rest or not self.tables[resource].pop(int(rest[0]), None):
            raise self._refuse(request, 404, 87, "Id(s) not exists")
        return Response(200, b"")

    def _save(self, request, resource):
        node, _required, _forbidden = RESOURCES[resource]
        try:
            entities = list(ElementTree.fromstring(request.body))
        except ElementTree.ParseError as error:
            raise self._refuse(request, 500, 127, f"XML error : {error}") from error
        self._check_ids(request, entities)
        root = ElementTree.Element("prestashop")
        for entity in entities:
            row = self._save_one(request, resource, entity)
            if resource == "order_histories" and request.query.get("sendemail") == "1":
                self.mails.append((row["id_order"], row["id_order_state"]))
            add_element(root, node, self._full(resource, row))
        return to_xml(201 if request.method == "POST" else 200, root)

    def _check_ids(self, request, entities):
        ids = [entity.findtext("id") for entity in entities if entity.findtext("id")]
        if request.method == "POST":
            if ids:
                raise self._refuse(request, 400, 91, "id is forbidden when adding a new resource")
            return
        if len(set(ids)) != len(ids):
            raise self._refuse(request, 400, 89, "id is duplicate in request")
        if len(ids) != len(entities):
            raise self._refuse(request, 400, 90, "id is required when modifying a resource")

    def _save_one(self, request, resource, entity):
        """Save one record of a call; records saved before it are kept on errors."""
        _node, required, _forbidden = RESOURCES[resource]
        given = {
            child.tag: (child.text or "")
            for child in entity
            if child.tag not in ("id", "associations")
        }
        row = self.tables[resource].get(int(entity.findtext("id") or 0))
        if request.method != "POST" and not row:
            raise self._refuse(request, 404, 92, "Invalid ID")
        if request.method != "PATCH":
            for name in required:
                if given.get(name, "") == "":
                    raise self._refuse(request, 400, 41, f'parameter "{name}" required')
        self._validate(request, resource, given, row)
        if request.method == "PUT":
            # A PUT empties the fields it does not contain.
            lost = {
                key: "" for key in row if key not in ("id", "associations") and key not in given
            }
            given = {**lost, **given}
        if request.method == "POST":
            return getattr(self, f"_post_{resource}")(given, entity)
        row.update(given)
        self._after_update(resource, row)
        return row

    def _validate(self, request, resource, given, row):
        number = given.get("tracking_number", "")
        if not re.fullmatch(r"[~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]{0,64}", number):
            raise self._refuse(
                request, 400, 85, 'Validation error: "Property tracking_number is not valid"'
            )
        for name in ("price", "quantity"):
            if name in given and not re.fullmatch(r"-?\d+(\.\d+)?", given[name]):
                text = f'Validation error: "Property {name} is not valid"'
                raise self._refuse(request, 400, 85, text)
        if resource == "stock_availables" and row["depends_on_stock"] == "1":
            raise self._refuse(
                request,
                500,
                133,
                "You cannot update the available stock when it depends on stock.",
            )
        if resource == "order_histories" and given.get("id_order"):
            order = self.tables["orders"].get(int(given["id_order"]))
            if not order or int(given["id_order_state"]) not in self.tables["order_states"]:
                raise self._refuse(request, 500, 46, "Unable to save resource")

    def _after_update(self, resource, row):
        if resource == "order_carriers":
            self.shipments.append(
                {"order_ref": str(row["id_order"]), "number": row["tracking_number"]}
            )
        if resource in ("products", "combinations"):
            sku, base = self._sku_of(resource, row), "0"
            product = row
            if resource == "combinations":
                product = self.tables["products"][int(row["id_product"])]
                base = product["price"]
            rate = self._rate_of(product)
            # PHP uses binary fractions: 35.9 - 35.075 is slightly less than 0.825.
            net = Decimal(repr(float(base) + float(row["price"])))
            gross = net * (1 + rate / 100)
            gross += self._ecotax_of(product, row)
            self.prices[sku] = f"{rounded(gross, CENT, self._setting('PS_PRICE_ROUND_MODE'))}"

    def _post_order_histories(self, given, _entity):
        order = self.tables["orders"][int(given["id_order"])]
        wanted = given["id_order_state"]
        row = self._set_state(order, self.diverted.get(wanted, wanted))
        if row["id_order_state"] == "6":
            self.cancellations.append({"order_ref": str(order["id"])})
        if self._flag(row["id_order_state"], "shipped"):
            numbers = [
                c["tracking_number"] for c in self.rows("order_carriers", id_order=order["id"])
            ]
            self.shipments.append(
                {
                    "order_ref": str(order["id"]),
                    "state": row["id_order_state"],
                    "number": ",".join(numbers),
                }
            )
        return row

    def _post_order_slip(self, given, entity):
        details = [
            {child.tag: child.text or "" for child in item}
            for item in entity.iterfind("associations/order_slip_details/*")
        ]
        slip = self._add_slip(given, details)
        self.refunds_told.append(
            {
                "order_ref": given["id_order"],
                "amount": str(
                    Decimal(given["total_products_tax_incl"])
                    + Decimal(given["total_shipping_tax_incl"])
                ),
                "lines": details,
                "refund_ref": str(slip["id"]),
            }
        )
        return slip
