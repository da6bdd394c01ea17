"""Are the packages of the locks those that were chosen, and is a weakness of any of them known."""
