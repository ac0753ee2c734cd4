# stop on error: no
import sys
sys.exit("something is wrong")
print("not reached, whatever stop on error says")
