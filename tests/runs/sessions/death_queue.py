#> only server
#> run dies
print("before")
input("go on? ")
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
#> until input dies
#> run waits
print("never")
#> answer yes
#> until done dies
#> until done waits
