"""Texts of data that an upgrade does not load again."""

from lxml import etree

from odoo import SUPERUSER_ID, api
from odoo.tools import file_open

FILES = (
    "oms_hold_reason_data.xml",
    "oms_lane_data.xml",
    "oms_pick_rejection_reason_data.xml",
    "oms_product_data.xml",
    "payment_provider_data.xml",
    "mail_template_data.xml",
)
# The former English text of each field, as it was installed.
FORMER = {
    "oms_hold_reason_missing_customer": {
        "name": "Customer missing",
        "advice": "Set a customer for guests on the channel, or edit the message and add one.",
    },
    "oms_hold_reason_unknown_sku": {
        "advice": "Choose the product for this SKU: every order that waits for it goes on.",
    },
    "oms_hold_reason_missing_sku": {
        "name": "Line without SKU",
        "advice": "Edit the message and name the product of the line.",
    },
    "oms_hold_reason_bad_quantity": {
        "name": "Quantity not positive",
        "advice": "Correct the quantity in the message and retry, or set the message aside.",
    },
    "oms_hold_reason_bad_price": {
        "name": "Price not possible",
    },
    "oms_hold_reason_no_lines": {
        "name": "Order without lines",
        "advice": "Add the lines to the message and retry, or set it aside.",
    },
    "oms_hold_reason_bad_payload": {
        "name": "Message not readable",
        "advice": "Correct the content and retry, or set the message aside.",
    },
    "oms_hold_reason_bad_time": {
        "name": "Date not possible",
    },
    "oms_hold_reason_unknown_country": {
        "name": "Country unknown",
        "advice": "Write the country as two letters (ISO 3166) in the message and retry.",
    },
    "oms_hold_reason_bad_address": {
        "name": "Address incomplete",
        "advice": "Complete the delivery address on the order, then release it.",
    },
    "oms_hold_reason_customer_data": {
        "name": "Customer data not accepted",
        "advice": (
            "Correct the contact if needed: what was not accepted is kept there as text. "
            "Then release. Tick Stops the order on this reason to hold such orders."
        ),
    },
    "oms_hold_reason_customer_account": {
        "name": "Customer to confirm",
        "advice": (
            "Choose the contact if the order is theirs: its user sees the order then. "
            "Release it if it is somebody else's."
        ),
    },
    "oms_hold_reason_invoice_address": {
        "name": "Invoiced to the old address",
        "advice": (
            "Credit the invoice and invoice again if the buyer needs another one, then release."
        ),
    },
    "oms_hold_reason_bad_currency": {
        "name": "Currency not readable",
        "advice": "Write the currency as three letters (ISO 4217) in the message and retry.",
    },
    "oms_hold_reason_unknown_currency": {
        "name": "Currency not active",
    },
    "oms_hold_reason_no_exchange_rate": {
        "name": "No exchange rate",
        "advice": "Set the rate under Invoicing, Configuration, Currencies, then retry.",
    },
    "oms_hold_reason_unknown_tax": {
        "name": "Tax unknown",
    },
    "oms_hold_reason_total_mismatch": {
        "name": "Total differs",
        "advice": "Compare with the message, correct the lines, then release.",
    },
    "oms_hold_reason_tax_mismatch": {
        "name": "Tax differs",
        "advice": (
            "Compare both tables, correct the taxes of the lines or map them on the "
            "channel, then release."
        ),
    },
    "oms_hold_reason_bad_charge": {
        "name": "Charge not possible",
        "advice": "Compare the charges with the channel, then release.",
    },
    "oms_hold_reason_underpaid": {
        "name": "Paid too little",
        "advice": "Ask the customer for the rest, or release to go on.",
    },
    "oms_hold_reason_overpaid": {
        "name": "Paid too much",
        "advice": "Refund the difference on the channel, then release.",
    },
    "oms_hold_reason_payment_currency": {
        "name": "Paid in another currency",
        "advice": "Find out what was paid on the channel, then release.",
    },
    "oms_hold_reason_payment_conflict": {
        "name": "Charge told twice, differently",
        "advice": "Compare with the channel which amount is right, then release.",
    },
    "oms_hold_reason_late_payment": {
        "name": "Paid after cancellation",
        "advice": "Refund the customer, or place the order again.",
    },
    "oms_hold_reason_reopened": {
        "advice": "Release to process the order again, or cancel it on the channel.",
    },
    "oms_hold_reason_rule": {
        "name": "Held by a rule",
        "advice": "Look at the order, then release or cancel it.",
    },
    "oms_hold_reason_order_changed": {
        "name": "Changed after confirmation",
        "advice": "Compare with the message, change what can be changed, then release.",
    },
    "oms_hold_reason_cancel_unmatched": {
        "name": "Cancellation without order",
        "advice": ("Find the customer's order and cancel it by hand, then set the message aside."),
    },
    "oms_hold_reason_conflicting_duplicate": {
        "name": "Same event, other content",
        "advice": "Compare the two messages; set this one aside or apply it by hand.",
    },
    "oms_hold_reason_step_failed": {
        "name": "Step failed",
        "advice": "Read why, mend the cause, then release to try again.",
    },
    "oms_hold_reason_unknown_tracking": {
        "name": "Tracking number unknown",
        "advice": "Add the parcel to its delivery, then retry; or set the message aside.",
    },
    "oms_hold_reason_channel_hold": {
        "name": "Held by the channel",
        "advice": (
            "The order goes on by itself when the channel lets it go; release it to go on now."
        ),
    },
    "oms_hold_reason_high_risk": {
        "name": "High risk of fraud",
        "advice": "Check payment and address, then release the order or cancel it.",
    },
    "oms_hold_reason_cancel_requested": {
        "name": "Buyer wants to cancel",
        "advice": "Cancel the order, or release it to ship it all the same.",
    },
    "oms_hold_reason_shipped_elsewhere": {
        "name": "Shipped elsewhere",
        "advice": (
            "Find out who shipped it. Cancel the delivery here if it left already, else release."
        ),
    },
    "oms_hold_reason_refund_unmatched": {
        "name": "Refund not understood",
        "advice": "Credit by hand what the channel gave back, then release.",
    },
    "oms_hold_reason_refund_due": {
        "name": "Money to be given back",
        "advice": (
            "Refund it on the channel: the order's button does it where the channel can. It "
            "closes by itself when the refund is told."
        ),
    },
    "oms_hold_reason_pick_rejected": {
        "name": "Rejected by the warehouse",
        "advice": ("Buy the goods, offer something else, or cancel what is missing; then release."),
    },
    "oms_hold_reason_lot_expired": {
        "name": "Lot too old while picking",
        "advice": (
            "Put the goods back and choose another lot on the delivery, or release it to "
            "ship them all the same."
        ),
    },
    "oms_hold_reason_stop_requested": {
        "name": "Units cancelled while picking",
        "advice": "The warehouse answers on the delivery. Release it to ship all the same.",
    },
    "oms_hold_reason_stop_too_late": {
        "name": "Could not be stopped",
        "advice": (
            "Have the carrier bring the parcel back, or refuse the cancellation on the "
            "channel; then release."
        ),
    },
    "oms_hold_reason_address_changed": {
        "name": "Label with the old address",
        "advice": "Cancel the old label with the carrier and print a new one, then release.",
    },
    "oms_hold_reason_address_too_late": {
        "name": "Left for the old address",
        "advice": (
            "Have the carrier redirect the parcel, or refuse the change on the channel; "
            "then release."
        ),
    },
    "oms_hold_reason_allocation": {
        "name": "No warehouse by the rules",
        "advice": (
            "Send it from a warehouse on the allocation board, or release it: then any "
            "warehouse that has the goods serves it."
        ),
    },
    "oms_hold_reason_allocation_late": {
        "name": "Served in part only",
        "advice": (
            "The rest did not come in time. Cancel what has not left, or release it to wait on."
        ),
    },
    "oms_hold_reason_manual": {
        "name": "Put on hold by staff",
        "advice": "Release it when the reason is resolved: the order goes on.",
    },
    "ir_cron_fetch": {
        "name": "Orders Hub: Fetch orders",
    },
    "oms_lane_fetch": {
        "name": "Fetch orders",
    },
    "ir_cron_inbox": {
        "name": "Orders Hub: Inbox",
    },
    "oms_lane_inbox": {
        "name": "Inbox",
    },
    "ir_cron_orders": {
        "name": "Orders Hub: Screen and confirm",
    },
    "oms_lane_orders": {
        "name": "Screen and confirm",
    },
    "ir_cron_fulfilment": {
        "name": "Orders Hub: Allocate, invoice, ship",
    },
    "oms_lane_fulfilment": {
        "name": "Allocate, invoice, ship",
    },
    "ir_cron_allocator": {
        "name": "Orders Hub: Backorder queue",
    },
    "oms_lane_allocator": {
        "name": "Backorder queue",
    },
    "ir_cron_stock": {
        "name": "Orders Hub: Stock for channels",
    },
    "oms_lane_stock": {
        "name": "Stock for channels",
    },
    "ir_cron_outbox": {
        "name": "Orders Hub: Outbox",
    },
    "oms_lane_outbox": {
        "name": "Outbox",
    },
    "ir_cron_receipts": {
        "name": "Orders Hub: Receipts",
    },
    "oms_lane_receipts": {
        "name": "Receipts",
    },
    "ir_cron_sample": {
        "name": "Orders Hub: Sample warehouse",
    },
    "oms_lane_sample": {
        "name": "Sample warehouse",
    },
    "ir_cron_slow": {
        "name": "Orders Hub: Audit and clean-up",
    },
    "oms_lane_slow": {
        "name": "Audit and clean-up",
    },
    "ir_cron_care": {
        "name": "Orders Hub: Look after channels",
    },
    "oms_lane_care": {
        "name": "Look after channels",
    },
    "ir_cron_backfill": {
        "name": "Orders Hub: Bring old orders",
    },
    "oms_lane_backfill": {
        "name": "Bring old orders",
    },
    "ir_cron_listings": {
        "name": "Orders Hub: Listings",
    },
    "oms_lane_listings": {
        "name": "Listings",
    },
    "ir_cron_check": {
        "name": "Orders Hub: Stock check",
    },
    "oms_lane_check": {
        "name": "Stock check",
    },
    "ir_cron_promises": {
        "name": "Orders Hub: Promises",
    },
    "oms_lane_promises": {
        "name": "Promises",
    },
    "oms_pick_rejection_reason_not_found": {
        "name": "Not found",
    },
    "oms_pick_rejection_reason_mismatch": {
        "name": "Fewer than the system says",
    },
    "payment_method_oms": {
        "name": "Collected by the channel",
    },
    "product_gift_card": {
        "name": "Gift card",
    },
    "product_rounding": {
        "name": "Rounding difference",
    },
    "oms_hold_reason_oversold": {
        "name": "Sold without stock",
        "advice": (
            "Buy or substitute the goods, or cancel and refund. The order ships by itself "
            "when they come."
        ),
    },
    "mail_template_promise": {
        "name": "Orders Hub: New promise date",
        "description": (
            "Tells a customer that goods arrive at another date than they were promised."
        ),
    },
    "mail_template_cancelled": {
        "name": "Orders Hub: Order canceled",
        "subject": "Your order {{ object.oms_order_number or object.name }} is canceled",
        "description": "Notifies the customer that the order was canceled.",
    },
}
MAILS = ("mail_template_promise", "mail_template_cancelled")


def migrate(cr, version):
    """Replace texts that nobody changed by those of the data files."""
    env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
    present = _present_texts()
    for xmlid, former in FORMER.items():
        record = env.ref(f"oms_addon.{xmlid}", raise_if_not_found=False)
        if not record:
            continue
        texts = {
            field: present[xmlid][field]
            for field, text in former.items()
            if record[field] == text and text != present[xmlid][field]
        }
        # The stored body is sanitized: it is compared by who wrote the template last.
        if xmlid in MAILS and record.write_uid.id == SUPERUSER_ID:
            texts["body_html"] = present[xmlid]["body_html"]
        if texts:
            record.write(texts)


def _present_texts():
    """:return: the texts of the data files, by field by XML id"""
    texts = {}
    for name in FILES:
        with file_open(f"oms_addon/data/{name}", "rb") as file:
            for record in etree.parse(file).iter("record"):
                texts[record.get("id")] = {
                    field.get("name"): _text_of(field) for field in record.iter("field")
                }
    for xmlid in [xmlid for xmlid in texts if xmlid.startswith("oms_lane_")]:
        cron = xmlid.replace("oms_lane_", "ir_cron_")
        texts[cron] = {"name": f"Orders Hub: {texts[xmlid]['name']}"}
    return texts


def _text_of(field):
    if field.get("type") == "html":
        return "".join(etree.tostring(child, encoding="unicode") for child in field)
    return field.text
