"""The commands: thin, one file each, over the library."""
