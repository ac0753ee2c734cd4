#> only server
#> run dies
import os
print("before")
os.write(1, b"written past Python\n")
os._exit(3)
print("never")
#> until done dies
#> until state idle
#> run after
print("a new process:", "os" in globals())
#> until done after
