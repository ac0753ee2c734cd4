# stop on error: no
exec("1 +")
exec(compile("x = 1\n1/0\n", "generated", "exec"))
eval("[][1]")
