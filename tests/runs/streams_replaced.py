# What `sys.stdout` is made to be lasts until the script is run as a whole again.
import io
import sys

sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", line_buffering=True)
print("héllo")
sys.stdout.close()
sys.stdout = io.StringIO()
print("kept away")
