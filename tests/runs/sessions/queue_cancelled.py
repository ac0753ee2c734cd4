#> run first
import time
def loop():
    while True:  # its body is one line: Stop may come before print has returned
        print("ready") or time.sleep(600)
loop()
#> until output first ready
#> run second
print("second")
#> run third
print("third")
#> interrupt
#> until done first
#> until done second
#> until done third
