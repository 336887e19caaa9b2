from . import canonical
from . import csv_file
from . import sample
