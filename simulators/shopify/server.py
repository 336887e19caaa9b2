"""The store's API server: validation, cost, throttling, idempotency, exports."""

import gzip
import hashlib
import json
import re
import time
from functools import cache
from pathlib import Path

from ..base import Refusal, Response
from .graph_values import connection

try:
    import graphql
except ImportError:  # The package can be imported without it, but no store can be started.
    graphql = None

SCHEMA = Path(__file__).with_name("schema.graphql")
MAX_COST = 1000
CONDITION = re.compile(r"(NOT )?(\w+):(>=|<=|>|<)?'?([^\s']+)'?")


@cache
def load_schema(path):
    """:return: the schema in a file, cached: parsing the published one takes seconds"""
    if graphql is None:
        raise RuntimeError("graphql-core is needed: pip install -r requirements.txt")
    opened = gzip.open if str(path).endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as file:
        return graphql.build_schema(file.read(), assume_valid_sdl=True)


def failure(message, code, **extensions):
    """:return: a response with an error only"""
    return {
        "errors": [{"message": message, "extensions": {"code": code}}],
        **({"extensions": extensions} if extensions else {}),
    }


class Server:
    """Execution of GraphQL calls; mixed into the store."""

    max_points = 2000.0

    def start_server(self, schema, restore_rate):
        self.schema = load_schema(str(schema or SCHEMA))
        self.restore_rate = restore_rate
        self.points, self.counted_at = self.max_points, time.monotonic()
        self.idempotency = {}
        self.exports = {}
        self.export_polls = 1

    # === CALLS === #

    def handle(self, request):
        if request.path.startswith("/exports/"):
            return self.download(request)
        if not re.fullmatch(r"/admin/api/\d{4}-\d{2}/graphql\.json", request.path):
            return Response(404, {"errors": "Not Found"})
        if request.headers.get("X-Shopify-Access-Token") != self.token:
            message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return Response(401, {"errors": message})
        call = request.json()
        return Response(200, self.answer(call["query"], call.get("variables") or {}))

    def answer(self, query, variables):
        """Validate a document, compute its cost and execute it.

        :rtype: dict
        """
        try:
            document = graphql.parse(query)
        except graphql.GraphQLSyntaxError as error:
            return failure(error.message, "BAD_REQUEST")
        errors = graphql.validate(self.schema, document)
        if errors:
            return {"errors": [error.formatted for error in errors]}
        cost = self.cost_of(document, variables)
        if cost > MAX_COST:
            return failure(
                f"Query cost is {cost}, which exceeds the max cost of a query ({MAX_COST}).",
                "MAX_COST_EXCEEDED",
            )
        self.refill()
        if cost > self.points:
            return failure("Throttled", "THROTTLED", cost=self.spent(cost, None))
        result = graphql.execute_sync(
            self.schema, document, root_value=self.root(), variable_values=variables
        )
        answer = {"data": result.data}
        if result.errors:
            answer["errors"] = [error.formatted for error in result.errors]
        actual = min(cost, _count(result.data))
        self.points -= actual
        answer["extensions"] = {"cost": self.spent(cost, actual)}
        return answer

    def refill(self):
        now = time.monotonic()
        more = max(now - self.counted_at, 0.0) * self.restore_rate
        self.points, self.counted_at = min(self.points + more, self.max_points), now

    def spent(self, requested, actual):
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": self.max_points,
                "currentlyAvailable": int(self.points),
                "restoreRate": self.restore_rate,
            },
        }

    # === COST === #

    def cost_of(self, document, variables):
        """:return: the maximum cost of a document: an object is 1 point, a connection 2 points plus
        its page size, a mutation 10 points
        """
        [operation] = [
            d for d in document.definitions if isinstance(d, graphql.OperationDefinitionNode)
        ]
        kind = {"query": self.schema.query_type, "mutation": self.schema.mutation_type}
        start = kind[operation.operation.value]
        cost = self._cost(operation.selection_set, start, variables)
        return cost + 10 * (start is self.schema.mutation_type)

    def _cost(self, selection_set, parent, variables):
        total, branches = 0, [0]
        for part in selection_set.selections if selection_set else ():
            if isinstance(part, graphql.InlineFragmentNode):
                inner = self.schema.type_map[part.type_condition.name.value]
                branches.append(self._cost(part.selection_set, inner, variables))
            else:
                total += self._field_cost(part, parent, variables)
        return total + max(branches)

    def _field_cost(self, part, parent, variables):
        definition = getattr(parent, "fields", {}).get(part.name.value)
        kind = definition and graphql.get_named_type(definition.type)
        if kind is None or graphql.is_leaf_type(kind):
            return 0
        inner = self._cost(part.selection_set, kind, variables)
        if kind.name == "PageInfo":
            return 0
        if part.name.value in ("nodes", "edges", "node") and kind.name != "Node":
            return inner + (part.name.value != "edges")
        if kind.name.endswith("Connection"):
            arguments = graphql.get_argument_values(definition, part, variables)
            return 2 + (arguments.get("first") or 0) * inner
        times = 1
        if part.name.value == "nodes":
            times = len(graphql.get_argument_values(definition, part, variables)["ids"])
        return times * (1 + inner)

    # === IDEMPOTENCY === #

    def once(self, info, given, change, conflict):
        """Execute a mutation once per idempotency key.

        :param given: the mutation's arguments
        :param change: function that executes it and returns its response
        :param conflict: function that creates the response for a code and a message
        """
        directive = self.schema.get_directive("idempotent")
        told = graphql.get_directive_values(directive, info.field_nodes[0], info.variable_values)
        if not told or not told["key"].strip():
            raise graphql.GraphQLError(
                "The @idempotent directive is required for this mutation but was not provided.",
                extensions={"code": "BAD_REQUEST"},
            )
        given = json.dumps(given, sort_keys=True, default=str)
        if told["key"] not in self.idempotency:
            answer = change()
            self.idempotency[told["key"]] = (given, answer)
            return answer
        before, answer = self.idempotency[told["key"]]
        if before != given:
            return conflict(
                "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
                "The same idempotency key cannot be used with different operation parameters.",
            )
        if answer.get("userErrors"):
            return conflict(
                "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
                "A previous request with this idempotency key failed. "
                "Retry with a new idempotency key.",
            )
        return answer

    # === EXPORTS === #

    def start_export(self, info, query, groupObjects=False):  # noqa: N803
        """Run a bulk query: its connections are returned completely."""
        document = graphql.parse(query)
        errors = graphql.validate(self.schema, document) or self._bulk_problems(document)
        if errors:
            message = f"Invalid bulk query: {errors[0]}"
            error = {"field": ["query"], "message": message, "code": "INVALID"}
            return {"bulkOperation": None, "userErrors": [error]}
        running = [e for e in self.exports.values() if e["polls"] > 0]
        if len(running) >= 5:
            error = {"field": None, "message": "Too many bulk operations.", "code": "LIMIT_REACHED"}
            return {"bulkOperation": None, "userErrors": [error]}
        result = graphql.execute_sync(self.schema, document, root_value=self.root(whole=True))
        if result.errors:
            raise result.errors[0]
        number = self.new_id()
        lines = list(_flatten(result.data["orders"], None))
        self.random.shuffle(lines)
        # The order of rows in an export is undefined, but orders are complete.
        body = "\n".join(json.dumps(line) for line in lines).encode()
        self.exports[number] = {"polls": self.export_polls, "body": body, "count": len(lines)}
        return {"bulkOperation": self.export(number), "userErrors": []}

    def _bulk_problems(self, document):
        class Finder(graphql.Visitor):
            names, depth, deepest = [], 0, 0

            def enter_field(self, node, *_args):
                if node.name.value == "edges":
                    self.names.append(node)
                    self.depth += 1
                    self.deepest = max(self.deepest, self.depth)

            def leave_field(self, node, *_args):
                if node.name.value == "edges":
                    self.depth -= 1

        finder = Finder()
        finder.names = []
        graphql.visit(document, finder)
        if len(finder.names) > 5:
            return ["Bulk queries may have five connections at most."]
        if finder.deepest > 3:
            return ["Bulk queries may nest connections two levels deep at most."]
        return []

    def export(self, number):
        made = self.exports[number]
        is_done = made["polls"] <= 0
        secret = hashlib.sha256(f"{self.token}{number}".encode()).hexdigest()
        return {
            "__typename": "BulkOperation",
            "id": f"gid://shopify/BulkOperation/{number}",
            "status": "COMPLETED" if is_done else "RUNNING",
            "errorCode": None,
            "objectCount": str(made["count"]),
            "fileSize": str(len(made["body"])) if is_done else None,
            "url": f"{self.url}/exports/{number}.jsonl?Signature={secret}%2B"
            if is_done and made["body"]
            else None,
        }

    def export_state(self, info, id):
        number = int(id.rpartition("/")[2])
        if number not in self.exports:
            return None
        state = self.export(number)
        self.exports[number]["polls"] -= 1
        return state

    def download(self, request):
        number = int(re.sub(r"\D", "", request.path) or 0)
        secret = hashlib.sha256(f"{self.token}{number}".encode()).hexdigest() + "+"
        if number not in self.exports or request.query.get("Signature") != secret:
            raise Refusal(Response(403, b"<Error>AccessDenied</Error>"))
        return Response(200, self.exports[number]["body"])

    # === SEARCH === #

    def search(self, records, query, values):
        """:return: the records that match the conditions of a search text

        :param values: function that returns a record's value by the name of a condition
        """
        tests = {
            ">=": lambda a, b: a >= b,
            "<=": lambda a, b: a <= b,
            ">": lambda a, b: a > b,
            "<": lambda a, b: a < b,
            "": lambda a, b: a == b,
        }
        conditions = CONDITION.findall(query or "")
        return [
            record
            for record in records
            if all(
                tests[sign](values(record, name), value) != bool(negated)
                for negated, name, sign, value in conditions
            )
        ]

    def orders_field(self, whole):
        """:return: the field ``orders``; without pages for exports"""

        def orders(info, first=None, after=None, query=None, sortKey="ID", reverse=False):  # noqa: N803
            def value(order, name):
                values = {
                    "updated_at": order.updated,
                    "status": "cancelled" if order.cancelled else "open",
                    "fulfillment_status": order.fulfillment_status,
                }
                return values.get(name, order.created)

            found = self.search(self.by_id.values(), query, value)
            key = {"UPDATED_AT": "updated_at", "PROCESSED_AT": "processed_at"}.get(sortKey, "")
            found.sort(key=lambda o: (value(o, key), o.id), reverse=reverse)
            items = [lambda order=order: self.graph.order(order) for order in found]
            names = {id(item): f"{order.id}" for item, order in zip(items, found, strict=True)}
            field = connection(items, lambda item: names[id(item)])
            return field(info, first=len(items) if whole else first, after=after)

        return orders


def _count(data):
    """:return: the number of objects in a response"""
    if isinstance(data, dict):
        return 1 + sum(map(_count, data.values()))
    return sum(map(_count, data)) if isinstance(data, list) else 0


def _flatten(listed, parent):
    """Yield the objects of a connection, each followed by those of its own connections."""
    for edge in listed["edges"]:
        node = edge["node"]
        own, inner = {}, []
        for name, value in node.items():
            if isinstance(value, dict) and "edges" in value:
                inner.append(value)
            else:
                own[name] = value
        yield own if parent is None else {**own, "__parentId": parent}
        for value in inner:
            yield from _flatten(value, node["id"])
