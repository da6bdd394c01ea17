"""One file per outside source, reads only: tables in, nothing computed."""
