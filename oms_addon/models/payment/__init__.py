"""Transactions, invoices, refunds and credit notes."""

from . import oms_order_refund
from . import oms_order_refund_echo
from . import oms_order_refund_paper
from . import oms_order_refund_withdrawn
from . import payment_provider
from . import payment_transaction
from . import sale_order
from . import sale_order_paper
from . import sale_order_invoices
from . import sale_order_terms
from . import sale_order_due
from . import sale_order_line
from . import account_invoice_report
from . import account_move
from . import account_move_erased
from . import account_move_line
from . import account_payment
from . import oms_payment_collector
from . import oms_payment_booking
from . import oms_order_expiry
from . import oms_invoice_poster
from . import oms_invoice_left
from . import oms_invoice_credit
from . import oms_invoice_money_credit
from . import oms_invoice_receipt
