"""Pages of documents, which show what things cost."""

from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal


class OmsPortalAccess(CustomerPortal):
    def _document_check_access(self, model_name, document_id, access_token=None):
        """Extend `portal`: who is told no prices opens a page only as its customer does, with the
        token that stands in the mail.
        """
        document_sudo = super()._document_check_access(model_name, document_id, access_token)
        if request.env.user._oms_hides_documents(model_name):
            token = document_sudo.access_token
            if not access_token or not token or not consteq(token, access_token):
                raise AccessError(
                    request.env._("This page shows prices, which the Warehouse role cannot access.")
                )
        return document_sudo
