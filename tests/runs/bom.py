# a byte order mark comes first
x = "é"
x
