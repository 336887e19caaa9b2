from . import account_payment
from . import notes
from . import stock_move_line
