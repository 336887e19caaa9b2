"""The register of personal data: which fields contain it, and how each is erased.

Used by erasing, exporting and the section “Personal data” of ``docs/security.md``; fields of the
add-on that are missing here fail ``tests/privacy/test_personal_data.py``.
"""

from .personal_table import KEEP, Personal, Table

#: kinds of personal data
NAME, CONTACT, ADDRESS = "name", "contact", "address"
TEXT, PAYLOAD, ORDER, LINK = "free text", "payload", "order", "link"

#: how a field is erased, besides ``KEEP``
CLEAR = "clear"  #: the field is emptied
REPLACE = "replace"  #: a required text is replaced by ``ERASED``
MATCH = "match"  #: a text is replaced if it contains the person's data
REDACT = "redact"  #: personal data is removed, the digest is kept
DELETE = "delete"  #: the row is deleted

#: how long rows are kept without an erasure request
WITH_ORDER, WITH_CONTACT, WITH_CHANNEL = "order", "contact", "channel"
MESSAGES, EXCEPTIONS, AUDIT = "messages", "exceptions", "audit"
CART, DIALOG = "cart", "dialog"

#: by kind: system parameter, and the days after which data is erased by default
RETENTION = {
    "inbound": ("oms_addon.keep_days", 365),
    "outbound": ("oms_addon.keep_outbound_days", 365),
    "exceptions": ("oms_addon.keep_exception_days", 365),
    "audit": ("oms_addon.keep_audit_days", 1095),
    "invoices": ("oms_addon.keep_invoice_days", 3653),
}

#: replacement for personal data
ERASED = "erased"
#: reasons to keep personal data
DEDUPLICATION = "to recognize repeated messages of a channel"
ACCOUNTING = "accounting law"
PROOF = "proof of what was sold, shipped and paid"
ANONYMOUS = "refers to an anonymized contact"


def _link(*names):
    """:return: fields that link to contacts, which are anonymized themselves"""
    return dict.fromkeys(names, Personal(LINK, KEEP, ANONYMOUS))


def _dialog(kind, names, *links, plain=""):
    """:return: the table of a wizard, whose rows are deleted"""
    personal = dict.fromkeys(names.split(), Personal(kind, DELETE))
    return Table(DIALOG, links, personal, plain, searched=True)


def _settings(plain):
    """:return: the table of a model without personal data"""
    return Table(plain=plain)


#: ordered so that records found in one model lead to records of the next
REGISTER = {
    # === ORDERS === #
    "sale.order": Table(
        WITH_ORDER,
        personal={
            "oms_address_digest": Personal(ADDRESS, CLEAR),
            "oms_allocation_text": Personal(TEXT, MATCH),
            "oms_cart_ref": Personal(ORDER, CLEAR),
            "oms_content_digest": Personal(ORDER, KEEP, DEDUPLICATION),
            "oms_foreign_ref": Personal(ORDER, KEEP, DEDUPLICATION),
            "oms_note": Personal(TEXT, CLEAR),
            "oms_order_number": Personal(ORDER, KEEP, PROOF),
            "oms_order_ref": Personal(ORDER, KEEP, DEDUPLICATION),
            "oms_pickup_point": Personal(ADDRESS, CLEAR),
            "oms_signals": Personal(TEXT, CLEAR),
            "oms_tax_number": Personal(CONTACT, CLEAR),
            "oms_wait_reason": Personal(TEXT, MATCH),
        },
        plain=(
            "oms_allocation_plan oms_channel_status oms_deferred_qty oms_manual_qty "
            "oms_payment_method oms_payment_name oms_shipping_method oms_source_zone oms_version"
        ),
    ),
    "sale.order.line": _settings("oms_external_place oms_line_ref oms_plan oms_sku"),
    "oms.channel.message": Table(
        MESSAGES,
        ("order_id", "partner_id"),
        {
            "customer_ref": Personal(CONTACT, CLEAR),
            "digest": Personal(PAYLOAD, KEEP, DEDUPLICATION),
            "error": Personal(TEXT, MATCH),
            "event_ref": Personal(ORDER, KEEP, DEDUPLICATION),
            "order_ref": Personal(ORDER, KEEP, DEDUPLICATION),
            "payload": Personal(PAYLOAD, REDACT),
            "result": Personal(PAYLOAD, REDACT),
            "trace": Personal(PAYLOAD, CLEAR),
            **_link("partner_id"),
        },
        plain="topic",
    ),
    "oms.hold": Table(
        EXCEPTIONS,
        ("order_id", "message_id", "partner_id", "candidate_id"),
        {
            "amount_text": Personal(ORDER, KEEP, PROOF),
            "candidate_id": Personal(LINK, CLEAR),
            "customer_name": Personal(NAME, CLEAR),
            "detail": Personal(TEXT, REPLACE),
            "order_ref": Personal(ORDER, KEEP, PROOF),
            "resolution": Personal(TEXT, MATCH),
            **_link("partner_id"),
        },
        plain="listing_ref parent_ref reason_code sku sku_key",
    ),
    "oms.order.refund": Table(
        WITH_ORDER,
        ("order_id",),
        {"reason": Personal(TEXT, CLEAR)},
        plain="echo_ref pieces ref shares tax_shares units",
    ),
    "oms.demand": Table(WITH_ORDER, ("sale_line_id",)),
    "oms.stop.request": Table(
        WITH_ORDER,
        ("order_id",),
        {"reason": Personal(TEXT, REPLACE), "what": Personal(TEXT, MATCH)},
        plain="units",
    ),
    "oms.parcel": Table(
        WITH_ORDER,
        ("picking_ids",),
        {
            "look_reason": Personal(TEXT, MATCH),
            "name": Personal(ORDER, KEEP, PROOF),
            "number_key": Personal(ORDER, KEEP, PROOF),
        },
    ),
    "oms.tracking.event": Table(
        WITH_ORDER,
        ("parcel_id",),
        {"location": Personal(ADDRESS, CLEAR), "text": Personal(TEXT, CLEAR)},
        plain="code",
    ),
    "oms.promise.review": _settings("reason"),
    "oms.pick.rejection": _settings("outcome"),
    "oms.allocation.wait": Table(WITH_ORDER, ("order_id",), _link("partner_id")),
    "oms.cart.reservation": Table(CART, ("order_id",), {"cart_ref": Personal(ORDER, DELETE)}),
    # === CUSTOMERS === #
    "res.partner": Table(
        WITH_CONTACT,
        personal={
            "oms_address_key": Personal(ADDRESS, CLEAR),
            "oms_rejected_data": Personal(TEXT, CLEAR),
        },
    ),
    "oms.customer.key": Table(
        WITH_CONTACT,
        ("partner_id",),
        {"key": Personal(CONTACT, DELETE), "partner_id": Personal(LINK, DELETE)},
    ),
    # === MONEY === #
    "account.move": Table(
        WITH_ORDER,
        personal={
            "oms_receipt_error": Personal(TEXT, CLEAR),
            "oms_billing_address": Personal(ADDRESS, KEEP, ACCOUNTING),
        },
    ),
    "payment.transaction": Table(
        WITH_ORDER,
        personal={"oms_charge_ref": Personal(ORDER, KEEP, DEDUPLICATION)},
        plain="oms_gateway oms_method",
    ),
    # === CHANNELS AND JOBS: TEXTS THAT MAY CONTAIN PERSONAL DATA === #
    "oms.event": Table(
        AUDIT,
        ("res_id",),
        {
            "actor": Personal(NAME, REDACT),
            "after": Personal(TEXT, REDACT),
            "before": Personal(TEXT, REDACT),
            "name": Personal(TEXT, REDACT),
            "order_ref": Personal(ORDER, KEEP, PROOF),
        },
        plain="code digest res_id res_model salt text_digest",
    ),
    "oms.channel.alert": Table(
        MESSAGES,
        (),
        {"advice": Personal(TEXT, MATCH), "text": Personal(TEXT, MATCH)},
        plain="code",
        searched=True,
    ),
    "oms.channel.backfill": Table(
        WITH_CHANNEL, (), {"error": Personal(TEXT, MATCH)}, plain="cursor page", searched=True
    ),
    "oms.channel.gap": Table(
        MESSAGES,
        (),
        {
            "deleted_refs": Personal(ORDER, KEEP, PROOF),
            "listed_refs": Personal(ORDER, KEEP, PROOF),
            "missing_refs": Personal(ORDER, KEEP, PROOF),
            "text": Personal(TEXT, MATCH),
        },
        plain="cursor",
        searched=True,
    ),
    "oms.lane": Table(
        "", (), {"last_error": Personal(TEXT, MATCH)}, plain="code name", searched=True
    ),
    "oms.channel": Table(
        personal={
            "guest_partner_id": Personal(
                LINK, KEEP, "the shared contact of guests identifies no person"
            )
        },
        plain=(
            "account_ref api_key api_secret base_url connect_step cursor listing_cursor "
            "listing_page moved_from name token tracking_secret webhook_secret webhooks_text"
        ),
    ),
    "oms.channel.listing": _settings(
        "barcode external_ref image_url item_ref name parent_ref shared_key sku sku_key "
        "suggestion_reason told_quantities"
    ),
    "oms.channel.location": _settings("name ref"),
    "oms.channel.mapping": _settings("key value"),
    "oms.channel.meter": _settings("name"),
    "oms.channel.payment.method": _settings("method name"),
    "oms.channel.stock": _settings("error"),
    # === SETTINGS === #
    "oms.allocation.group": _settings("name"),
    "oms.allocation.routing": _settings("domain name"),
    "oms.allocation.rule": _settings("name"),
    "oms.allocation.run": _settings("domain name shipping_method"),
    "oms.allocation.zone": _settings("name postcodes"),
    "oms.demand.correction": Table(
        personal={"reason": Personal(TEXT, KEEP, "a planner's reason for a quantity")},
    ),
    "oms.forecast": _settings("mean quantiles"),
    "oms.forecast.override": Table(
        personal={"reason": Personal(TEXT, KEEP, "a planner's reason for a quantity")},
    ),
    "oms.forecast.rule": _settings("name"),
    "oms.forecast.run": _settings("error weights"),
    "oms.replenishment": Table(
        personal={"vendor_id": Personal(LINK, KEEP, "the vendor of a proposed purchase")},
    ),
    "oms.replenishment.run": _settings("error"),
    "oms.vendor.scorecard": Table(
        personal={"vendor_id": Personal(LINK, KEEP, "the vendor of purchases")},
    ),
    "oms.hold.reason": _settings("advice code name"),
    "oms.hold.rule": _settings("domain name"),
    "oms.pick.rejection.reason": _settings("name"),
    "oms.postcode": _settings("postcode"),
    "oms.promotion": _settings("name"),
    "oms.stock.check": Table(
        personal={"owner_id": Personal(LINK, KEEP, "the owner of consigned stock, a supplier")},
    ),
    "oms.transit": _settings("zip_prefix"),
    "res.config.settings": _settings("oms_trusted_hosts"),
    "stock.picking.type": _settings("oms_former_values"),
    # === WIZARDS === #
    "oms.allocation.simulation": _dialog(ORDER, "result"),
    "oms.allocation.test": _dialog(ADDRESS, "zip result"),
    "oms.channel.connect": _settings(
        "account_ref base_url error name step told_tax_rounding typed_secrets"
    ),
    "oms.channel.connect.tax": _settings("name ref"),
    "oms.channel.sync": _settings("problem"),
    "oms.channel.sync.line": _settings("in_odoo note on_channel will_become"),
    "oms.customer.split": _dialog(NAME, "name email phone partner_id", "partner_id"),
    "oms.order.batch": _dialog(TEXT, "reason"),
    "oms.demand.import": _dialog(PAYLOAD, "data", plain="filename"),
    "oms.demand.import.line": _dialog(TEXT, "message value", plain="column"),
    "oms.order.import": _dialog(PAYLOAD, "data rejected", plain="filename"),
    "oms.order.import.line": _dialog(TEXT, "message value", plain="column order_ref"),
    "oms.order.join": _dialog(TEXT, "other_text"),
    "oms.personal.data": _dialog(
        PAYLOAD, "file partner_id", "partner_id", plain="filename outcome"
    ),
    "oms.refund.request": _dialog(TEXT, "reason", "order_id"),
    "oms.tracking.import": _dialog(PAYLOAD, "data", plain="filename"),
    "oms.tracking.import.line": _dialog(TEXT, "message number", plain="column"),
    "sale.mass.cancel.orders": _dialog(TEXT, "oms_text"),
}

#: events whose texts are always about a customer: prefixes of their codes, and whole codes
PERSONAL_EVENT_KINDS = ("customer", "hold")
PERSONAL_EVENTS = (
    "order.address_changed",
    "order.customer_changed",
    "order.failed",
    "order.note_changed",
)
