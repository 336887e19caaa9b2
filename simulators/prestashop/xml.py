"""Responses of the webservice as XML."""

from xml.etree import ElementTree

from ..base import Response


def add_element(parent, node, row):
    """:return: ``parent`` with a row as element"""
    element = ElementTree.SubElement(parent, node)
    for key, value in row.items():
        if key == "associations":
            group = ElementTree.SubElement(element, key)
            for name, items in value.items():
                rows = ElementTree.SubElement(group, name)
                for item in items:
                    add_element(rows, name.removesuffix("s"), item)
        elif isinstance(value, list):
            field = ElementTree.SubElement(element, key)
            for item in value:
                ElementTree.SubElement(field, "language", id=item["id"]).text = item["value"]
        else:
            ElementTree.SubElement(element, key).text = str(value)
    return parent


def to_xml(status, root):
    body = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return Response(status, body, {"Content-Type": "text/xml;charset=utf-8"})
