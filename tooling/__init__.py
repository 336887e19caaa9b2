"""What stands behind `./oms`: standard library only, one file per concern."""
