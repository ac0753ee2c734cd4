#> run loops
import time
try:
    print("ready")
    while True:
        time.sleep(0.01)
finally:
    print("cleaned up")
#> until output loops ready
#> interrupt
#> until done loops
#> run after
print("the namespace is still there:", time.__name__)
#> until done after
