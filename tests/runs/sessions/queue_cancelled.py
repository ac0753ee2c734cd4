#> run first
import time
def loop():
    print("ready")
    while True:
        time.sleep(0.01)
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
