"""The sheets of a region: its localities as circles on maps and as lines of tables, none of them ranked."""
