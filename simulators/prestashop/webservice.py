"""The webservice: keys, permissions, and rejected calls."""

import base64
from xml.etree import ElementTree

from ..base import Refusal, Response
from .tables import METHODS, RESOURCES
from .xml import to_xml


class Webservice:
    """The webservice: keys, permissions, and rejected calls."""

    def credentials(self):
        return {"base_url": self.url, "api_key": self.key, "account_ref": ""}

    def handle(self, request):
        path = [part for part in request.path.split("/") if part]
        if not path or path[0] != "api":
            return Response(404, "<html>not found</html>", {"Content-Type": "text/html"})
        self._check_key(request)
        if len(path) == 1:
            return self._root()
        resource = self._check_resource(request, path[1])
        headers = {"Access-Time": str(int(self.now.timestamp()))}
        if request.method in ("GET", "HEAD"):
            response = self._read(request, resource, path[2:])
        elif request.method == "DELETE":
            response = self._delete(request, resource, path[2:])
        else:
            response = self._save(request, resource)
        response.headers = {**headers, **response.headers}
        return response

    def respond(self, request):
        """Extend: after a PHP notice, headers are sent already: the status is that of success."""
        response = super().respond(request)
        if self.notice and response.status < 502:
            body = response.encoded()
            response = Response(200, self.notice + body, dict(response.headers))
        return response

    def _check_key(self, request):
        if not self.is_on:
            raise self._refuse(
                request,
                503,
                22,
                "The PrestaShop webservice is disabled. Please activate it in the PrestaShop "
                "Back Office",
            )
        kind, _space, given = request.headers.get("Authorization", "").partition(" ")
        try:
            key = base64.b64decode(given).decode().partition(":")[0] if kind == "Basic" else ""
        except ValueError:
            key = ""
        if not key:
            raise self._refuse(request, 401, 17, "Authentication key is empty")
        if len(key) != 32:
            raise self._refuse(request, 401, 18, "Invalid authentication key format")
        if key != self.key:
            raise self._refuse(request, 401, 20, "Authentification key is not active")
        shop = request.query.get("id_shop", "1")
        if shop != "all" and not (shop.isdigit() and int(shop) in self.tables["shops"]):
            raise self._refuse(request, 404, 999, "This shop id does not exist")

    def _check_resource(self, request, resource):
        if resource not in RESOURCES:
            raise self._refuse(request, 400, 27, f'Resource of type "{resource}" does not exists')
        allowed = self.permissions.get(resource)
        if not allowed:
            raise self._refuse(
                request,
                401,
                26,
                f'Resource of type "{resource}" is not allowed with this authentication key',
            )
        if request.method in RESOURCES[resource][2]:
            text = f"Method {request.method} is not allowed for the resource {resource}"
            raise self._refuse(request, 405, 101, text)
        if request.method not in allowed:
            raise self._refuse(
                request,
                405,
                25,
                f"Method {request.method} is not allowed for the resource {resource} with this "
                "authentication key",
            )
        return resource

    def _root(self):
        root = ElementTree.Element("prestashop")
        api = ElementTree.SubElement(root, "api", shopName="Shop")
        for name, methods in sorted(self.permissions.items()):
            if methods:
                flags = {m.lower(): "true" if m in methods else "false" for m in METHODS}
                ElementTree.SubElement(api, name, flags)
        return to_xml(200, root)

    def _refuse(self, request, status, code, message):
        if request.query.get("output_format") == "JSON":
            return Refusal(Response(status, {"errors": [{"code": code, "message": message}]}))
        root = ElementTree.Element("prestashop")
        error = ElementTree.SubElement(ElementTree.SubElement(root, "errors"), "error")
        ElementTree.SubElement(error, "code").text = str(code)
        ElementTree.SubElement(error, "message").text = message
        return Refusal(to_xml(status, root))
