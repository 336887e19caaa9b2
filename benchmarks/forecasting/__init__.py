"""Back-tests of the forecasts: data sets, measures, a stock simulation, judges."""
