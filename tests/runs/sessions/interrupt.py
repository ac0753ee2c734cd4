#> run loops
import time
try:
    while True:  # its body is one line: Stop may come before print has returned
        print("ready") or time.sleep(600)
finally:
    print("cleaned up")
#> until output loops ready
#> interrupt
#> until done loops
#> run after
print("the namespace is still there:", time.__name__)
#> until done after
