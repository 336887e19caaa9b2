"""What `./oms bench fuzz` is made of: one file for each thing that is fed."""
