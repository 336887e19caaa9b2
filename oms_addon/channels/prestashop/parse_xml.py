"""PrestaShop's XML: write, parse, and extract errors."""

from xml.etree import ElementTree

from lxml import etree

from odoo.addons.oms_addon.tools.json_answer import read_json

from .parse_values import number_of, text

XLINK = "http://www.w3.org/1999/xlink"


# === XML === #


def to_xml(node, records):
    """Return records in the webservice's format.

    :param str node: the name of one, e.g. ``stock_available``
    :param list records: dicts; list values are the rows of an association
    :rtype: bytes
    """
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.Element("prestashop")
    for record in records:
        element = ElementTree.SubElement(root, node)
        for key, value in record.items():
            if isinstance(value, list):
                _add_association(element, key, value)
            else:
                ElementTree.SubElement(element, key).text = str(value)
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _add_association(element, name, rows):
    parent = element.find("associations")
    if parent is None:
        parent = ElementTree.SubElement(element, "associations")
    group = ElementTree.SubElement(parent, name)
    for row in rows:
        item = ElementTree.SubElement(group, name.removesuffix("s"))
        for key, value in row.items():
            ElementTree.SubElement(item, key).text = str(value)


def parse_xml(body):
    """Return the root of an XML document, ``None`` when it is invalid.

    Entities and external documents are not loaded. Text of PHP before and after the document, such
    as a notice, is ignored.
    """
    start, end = _xml_bounds(body)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=False)
    try:
        return etree.fromstring(body[start:end], parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _xml_bounds(body):
    """:return: start and end of the webservice's document in a body"""
    start = body.find(b"<?xml")
    if start < 0:
        start = max(body.find(b"<prestashop"), 0)
    end = body.rfind(b"</prestashop>")
    return start, len(body) if end < start else end + len(b"</prestashop>")


def read_errors(body):
    """Return the errors in a response, as XML or JSON.

    :return: pairs (PrestaShop's error number, message)
    """
    data = read_json(body)
    if isinstance(data, dict) and isinstance(data.get("errors"), list):
        return [(number_of(e, "code"), text(e, "message")) for e in data["errors"]]
    root = parse_xml(body) if data is None else None
    if root is None:
        return []
    return [
        (int(error.findtext("code") or 0), (error.findtext("message") or "").strip())
        for error in root.iter("error")
    ]
