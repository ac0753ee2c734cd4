#> only server
#> run loops
import time
print("ready")
while True:
    time.sleep(0.01)
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
