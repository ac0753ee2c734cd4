#> only server
#> run loops
import time
def loop():
    print("ready")
    while True:
        time.sleep(0.01)
loop()
#> until output loops ready
#> run waits
print("never")
#> restart
#> until done loops
#> until done waits
#> until state idle
#> run after
"time" in globals()
#> until done after
