"""Demand forecasts, their consumption by orders, safety stock and purchase quantities.

Plain Python, numpy where it computes over many series; neither the ORM nor any I/O.
`engine` is the door of the forecasts, `consumption`, `stock` and `proposal` are used directly.
Importing any module of this package does not import numpy.
"""
