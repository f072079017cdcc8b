"""The web pages people see: the library's for now, on the program's one port."""
