"""Portal pages that show prices."""

from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal


class OmsPortalAccess(CustomerPortal):
    def _document_check_access(self, model_name, document_id, access_token=None):
        """Extend `portal`: users who may not see prices open a page only as the customer does,
        with its access token.
        """
        document_sudo = super()._document_check_access(model_name, document_id, access_token)
        if request.env.user._oms_hides_documents(model_name):
            token = document_sudo.access_token
            if not access_token or not token or not consteq(token, access_token):
                raise AccessError(
                    request.env._("This page shows prices, which the Warehouse role cannot access.")
                )
        return document_sudo
