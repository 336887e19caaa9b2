"""Adapt views to users who may not see all fields of a model."""

import re

#: conditions of a node: the node is removed when they use a hidden field
_SHOWN_WHEN = ("invisible", "column_invisible", "t-if", "t-elif", "t-esc", "t-out", "t-foreach")
#: attributes that are removed when they use a hidden field; the node is kept
_OTHERS = (
    "context",
    "default_group_by",
    "default_order",
    "domain",
    "readonly",
    "required",
    "sum_field",
    "t-value",
)
#: buttons that open or send documents with amounts
_BUTTONS = ("action_preview_sale_order", "action_quotation_send", "action_view_invoice")
#: container nodes that are removed when only their caption is left
_FRAMES = ("div", "group", "page", "p", "span", "t")
_SHOWS = ".//field | .//button | .//widget | .//label | .//a | .//img | .//t[@t-out or @t-esc]"


class ViewFitter:
    """Removes hidden fields, and nodes that depend on them, from a view.

    :param env: the environment of the user
    """

    def __init__(self, env):
        self.env = env
        self.hidden = {}
        self.lessened = []

    def fit(self, model, tree):
        """:return: whether ``tree``, a view of ``model`` that is edited in place, was changed"""
        is_changed = self._fit_children(tree, model, frozenset())
        is_changed |= self._fit_attributes(tree, self._hidden_of(model), frozenset())
        self._remove_empty()
        return is_changed

    def _hidden_of(self, model):
        """:return: names of the fields that the user may not see, or not read the records of"""
        if model._name not in self.hidden:
            self.hidden[model._name] = frozenset(
                field.name
                for field in model._fields.values()
                if not model._oms_may_read(field)
                or (
                    field.type in ("one2many", "many2many")
                    and not self.env[field.comodel_name].has_access("read")
                )
            )
        return self.hidden[model._name]

    def _fit_children(self, parent, model, above):
        """:param frozenset[str] above: hidden fields of the parent record in x2many views"""
        hidden = self._hidden_of(model)
        is_changed = False
        for node in list(parent):
            if not isinstance(node.tag, str):
                continue
            if self._is_left_out(node, hidden, above):
                self._remove(node)
                is_changed = True
                continue
            is_changed |= self._fit_attributes(node, hidden, above)
            field = node.tag in ("field", "groupby") and model._fields.get(node.get("name"))
            if field and field.relational:
                is_changed |= self._fit_children(node, self.env[field.comodel_name], hidden)
            else:
                is_changed |= self._fit_children(node, model, above)
        return is_changed

    def _is_left_out(self, node, hidden, above):
        """:return: whether a node shows a hidden field, or is shown depending on one"""
        if node.tag == "field" and node.get("name") in hidden:
            return True
        if node.tag == "label" and node.get("for") in hidden:
            return True
        if node.tag == "button" and node.get("name") in _BUTTONS:
            return True
        asks = ("domain", "context") if node.tag == "filter" else ()
        return any(self._names(node.get(name), hidden, above) for name in (*_SHOWN_WHEN, *asks))

    def _fit_attributes(self, node, hidden, above):
        """:return: whether attributes that use hidden fields were removed"""
        named = [
            name
            for name, text in node.attrib.items()
            if name in _OTHERS or name.startswith(("decoration-", "t-att"))
            if self._names(text, hidden, above)
        ]
        for name in named:
            node.attrib.pop(name)
        return bool(named)

    def _names(self, text, hidden, above):
        """:return: whether an expression uses a hidden field"""
        if not text:
            return False
        if not above.isdisjoint(re.findall(r"\bparent\.(\w+)", text)):
            return True
        return not hidden.isdisjoint(re.findall(r"(?<!parent\.)\b\w+", text))

    def _remove(self, node):
        """Remove a node; its ``t-else`` or ``t-elif`` node takes its position."""
        following = node.getnext()
        if node.get("t-if") and following is not None:
            if "t-else" in following.attrib:
                following.attrib.pop("t-else")
            elif following.get("t-elif"):
                following.set("t-if", following.attrib.pop("t-elif"))
        parent, before = node.getparent(), node.getprevious()
        if node.tail and node.tail.strip():
            if before is not None:
                before.tail = (before.tail or "") + node.tail
            else:
                parent.text = (parent.text or "") + node.tail
        parent.remove(node)
        self.lessened.append(parent)

    def _remove_empty(self):
        """Remove containers that show nothing after nodes were removed from them."""
        for node in self.lessened:
            parent = node.getparent()
            while (
                parent is not None
                and node.tag in _FRAMES
                and not node.get("t-name")
                and not node.xpath(_SHOWS)
            ):
                parent.remove(node)
                node, parent = parent, parent.getparent()
