"""Pictures and pages made from the tables of a run."""
