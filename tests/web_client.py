"""What the web client asks of the server when a user clicks through the app.

It loads menus and actions, asks for the views this user gets, and reads with the
specification made of every field in them, sub-views included.
"""

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tools.safe_eval import safe_eval, time

X2MANY = ("one2many", "many2many")
TRUE = ("1", "True")
# What widgets read beside the fields of the view.
WIDGET_FIELDS = {
    "sol_o2m": (),
    "qty_at_date_widget": (
        "display_qty_widget",
        "free_qty_today",
        "forecast_expected_date",
        "is_mto",
        "move_ids",
        "qty_available_today",
        "qty_to_deliver",
        "scheduled_date",
        "state",
        "virtual_available_at_date",
        "warehouse_id",
    ),
    "oms_step_progress": (
        "oms_step",
        "oms_status",
        "oms_captured_at",
        "oms_confirmed_at",
        "oms_shipped_at",
        "oms_made_steps",
        "oms_shown_step",
        "oms_shown_status",
        "oms_shown_reason",
    ),
}


class WebClient:
    """One user's browser.

    :param env: the environment of the user
    :param per_model: how many records of an action are opened in a form
    """

    def __init__(self, env, per_model=15):
        self.env = env
        self.per_model = per_model
        self.visited = set()
        self.failures = []
        self.opened = []

    # === WHAT A PERSON DOES === #

    def open_app(self, root_xmlid):
        """Open each menu of an app that this user is shown."""
        menus = self.env["ir.ui.menu"].load_menus(False)
        todo = [self.env.ref(root_xmlid).id]
        while todo:
            menu = menus.get(todo.pop())
            if not menu:
                continue
            todo += menu.get("children", [])
            if menu["action_id"]:
                action = self.env[menu["action_model"]].sudo().browse(menu["action_id"])
                self._try(menu["name"], self.open_action, action._get_action_dict(), menu["name"])

    def open_action(self, action, where):
        """Open an action as the client got it from a button or a menu."""
        if not isinstance(action, dict):
            return
        kind = action.get("type")
        if kind == "ir.actions.server":
            server = self.env["ir.actions.server"].browse(action["id"])
            self.open_action(server.with_context(**self._context(action)).run(), where)
        elif kind == "ir.actions.act_window":
            self._open_window(action, where)

    def _open_window(self, action, where):
        model_name = action["res_model"]
        views = [tuple(view) for view in action.get("views") or []]
        if not views:
            views = [(False, mode) for mode in action.get("view_mode", "list,form").split(",")]
        domain = action.get("domain") or []
        if isinstance(domain, str):
            domain = safe_eval(domain, self._names())
        context = self._context(action)
        key = (model_name, tuple(views), str(domain) if action.get("res_id") else "", where)
        if key in self.visited:
            return
        self.visited.add(key)
        model = self.env[model_name].with_context(**context)
        search_view = action.get("search_view_id")
        search_id = search_view[0] if search_view else False
        if not action.get("res_id") and action.get("target") != "new":
            views.append((search_id, "search"))
        answer = self._try(f"{where}: views", model.get_views, views, {"toolbar": True})
        if not answer:
            return
        archs = {kind: etree.fromstring(view["arch"]) for kind, view in answer["views"].items()}
        records = model.browse(action.get("res_id") or [])
        for kind, arch in archs.items():
            opening = getattr(self, f"_open_{kind}", None)
            if opening and kind != "form" and not action.get("res_id"):
                found = self._try(f"{where}: {kind}", opening, model, arch, domain)
                records |= model.browse(found or [])
        form = archs.get("form")
        if form is None and (records and action.get("target") != "new"):
            found = self._try(f"{where}: form", model.get_views, [(False, "form")], {})
            form = found and etree.fromstring(found["views"]["form"]["arch"])
        if form is None:
            return
        if action.get("target") == "new" and not records:
            self._try(f"{where}: new", model.onchange, {}, [], self._spec(model, form))
        for record in records[: self.per_model]:
            self._try(f"{where}: form", self._open_form, record, form, where)
        if (
            not action.get("res_id")
            and form.get("create") not in ("0", "false", "False")
            and model.has_access("create")
        ):
            self._try(f"{where}: new", model.onchange, {}, [], self._spec(model, form))

    # === VIEWS === #

    def _open_list(self, model, arch, domain):
        found = model.web_search_read(domain, self._spec(model, arch), limit=80)
        return [values["id"] for values in found["records"]]

    def _open_kanban(self, model, arch, domain):
        spec = self._spec(model, arch)
        if grouping := arch.get("default_group_by"):
            model.web_read_group(
                domain,
                [grouping],
                [],
                auto_unfold=True,
                unfold_read_specification=spec,
            )
        return self._open_list(model, arch, domain)

    def _open_calendar(self, model, arch, domain):
        return []

    def _open_pivot(self, model, arch, domain):
        rows = [
            self._grouping(model, node.get("name"), node.get("interval"))
            for node in arch.iter("field")
            if node.get("type") in ("row", "col")
        ]
        measures = [
            f"{node.get('name')}:{model._fields[node.get('name')].aggregator or 'sum'}"
            for node in arch.iter("field")
            if node.get("type") == "measure"
        ]
        model.formatted_read_group(domain, rows[:2], [*measures, "__count"])
        return []

    _open_graph = _open_pivot

    def _open_search(self, model, arch, domain):
        names = self._names()
        for node in arch.iter("filter"):
            if node.get("domain"):
                extra = safe_eval(node.get("domain"), names)
                model.search_count([*domain, *extra])
            grouping = safe_eval(node.get("context") or "{}", names).get("group_by")
            if grouping:
                groupings = [grouping] if isinstance(grouping, str) else grouping
                groupings = [self._grouping(model, *name.split(":")) for name in groupings]
                model.web_read_group(domain, groupings, ["__count"])
        return []

    def _grouping(self, model, name, interval=None):
        """:return: a field to group by, dates by month as the client does"""
        name = name if model._fields[name].type != "properties" else "id"
        if model._fields[name].type in ("date", "datetime"):
            return f"{name}:{interval or 'month'}"
        return name

    def _open_form(self, record, arch, where):
        spec = self._spec(record, arch)
        try:
            with self.env.cr.savepoint():
                [values] = record.web_read(spec)
        except AccessError as error:
            raise AccessError(f"{self._refused_fields(record, spec)} {error}") from error
        self.opened.append((record._name, record.id))
        for button in arch.iter("button"):
            if "oe_stat_button" not in (button.get("class") or ""):
                continue
            if self._is_hidden(button, values):
                continue
            name = f"{record._name}: {button.get('name')}"
            if (record._name, button.get("name"), "pressed", record.id) in self.visited:
                continue
            self.visited.add((record._name, button.get("name"), "pressed", record.id))
            self._try(name, self._press, record, button, values)

    def _press(self, record, button, values):
        context = safe_eval(
            button.get("context") or "{}",
            {**self._names(), **values, "id": record.id, "active_id": record.id},
        )
        where = f"{record._name}.{button.get('name')}"
        if button.get("type") == "action":
            model = self.env["ir.actions.actions"].sudo().browse(int(button.get("name"))).type
            context = {
                "active_id": record.id,
                "active_ids": record.ids,
                "active_model": record._name,
                **context,
            }
            names = {**self._names(), "active_id": record.id, "active_ids": record.ids}
            action = self.env[model].sudo().browse(int(button.get("name")))._get_action_dict()
            if isinstance(action.get("domain"), str):
                action["domain"] = safe_eval(action["domain"], names)
            if isinstance(action.get("context"), str):
                action["context"] = safe_eval(action["context"], names)
            action["context"] = {**(action.get("context") or {}), **context}
            self.open_action(action, where)
        else:
            method = getattr(record.with_context(**context), button.get("name"))
            self.open_action(method(), where)

    def _is_hidden(self, node, values):
        while node is not None:
            expression = node.get("invisible")
            if expression in TRUE:
                return True
            if expression and safe_eval(expression, {**self._names(), **self._flat(values)}):
                return True
            node = node.getparent()
        return False

    def _flat(self, values):
        """:return: values as the client's expressions know them"""
        return {
            name: (
                value["id"]
                if isinstance(value, dict) and "id" in value
                else [row.get("id") if isinstance(row, dict) else row for row in value]
                if isinstance(value, list)
                else value
            )
            for name, value in values.items()
        }

    # === THE SPECIFICATION === #

    def _spec(self, model, arch):
        """:return: what `web_read` is asked for: each field of the view, with sub-views"""
        spec = {}
        for node in self._own_nodes(arch, "field"):
            name = node.get("name")
            if name not in model._fields:
                continue
            field = model._fields[name]
            for beside in WIDGET_FIELDS.get(node.get("widget"), ()):
                spec.setdefault(beside, {})
            known = spec.setdefault(name, {})
            is_hidden = node.get("invisible") in TRUE or node.get("column_invisible") in TRUE
            if field.type in ("many2one", "many2one_reference", "reference"):
                known["fields"] = {} if is_hidden else {"display_name": {}}
            elif field.type in X2MANY and not is_hidden:
                sub = self._sub_spec(model, node, field)
                if sub:
                    known.setdefault("fields", {}).update(sub)
                    known["limit"] = 40
        for node in self._own_nodes(arch, "widget"):
            for beside in WIDGET_FIELDS.get(node.get("name"), ()):
                spec.setdefault(beside, {})
        spec.setdefault("display_name", {})
        return spec

    def _sub_spec(self, model, node, field):
        related = self.env[field.comodel_name]
        archs = [child for child in node if child.tag in ("list", "kanban", "form")]
        if not archs and "tags" in (node.get("widget") or ""):
            return {"display_name": {}}
        if not archs and node.get("widget") in (None, "one2many", "many2many", "sol_o2m"):
            kinds = (node.get("mode") or "list").split(",")
            found = related.get_views([(False, kind) for kind in kinds], {})
            archs = [etree.fromstring(view["arch"]) for view in found["views"].values()]
        spec = {}
        for arch in archs:
            for name, part in self._spec(related, arch).items():
                spec.setdefault(name, {}).update(part)
        return spec

    def _own_nodes(self, arch, tag):
        """:return: the nodes of a view, without those of its sub-views"""
        for node in arch.iter(tag):
            parent = node.getparent()
            while parent is not None and parent is not arch and parent.tag != "field":
                parent = parent.getparent()
            if parent is None or parent is arch:
                yield node

    # === HELPERS === #

    def _refused_fields(self, record, spec):
        """:return: the names of the fields of a specification that cannot be read"""
        refused = []
        for name, part in spec.items():
            self.env.invalidate_all()
            try:
                with self.env.cr.savepoint():
                    record.web_read({name: part})
            except AccessError:
                refused.append(name)
        return refused

    def _names(self):
        return {
            "uid": self.env.uid,
            "context": dict(self.env.context),
            "allowed_company_ids": self.env.companies.ids,
            "current_company_id": self.env.company.id,
            "companies": {},
            "context_today": fields.Date.today,
            "current_date": fields.Date.to_string(fields.Date.today()),
            "parent": {},
            "active_id": False,
            "active_ids": [],
            "time": time,
        }

    def _context(self, action):
        context = action.get("context") or {}
        if isinstance(context, str):
            context = safe_eval(context, self._names())
        return context

    def _try(self, where, method, *args, **kwargs):
        """Do one thing as a request of its own; a refusal is written down."""
        try:
            with self.env.cr.savepoint():
                return method(*args, **kwargs)
        except (UserError, ValueError, TypeError, LookupError, AttributeError) as error:
            text = " ".join(str(error).split("This operation")[0].split())
            self.failures.append(f"{where}: {type(error).__name__}: {text}"[:400])
            return None
        finally:
            self.env.invalidate_all()
