"""One file per subcommand of `./oms`; each has `configure` and `run`."""
