import os
import subprocess
import sys

print("a"); os.system("echo b"); print("c")
def within():
    print(1)
    os.system("echo 2; echo two >&2")
    print(3)
    subprocess.run([sys.executable, "-c", "print(4)"])
    sys.stderr.write("5\n")
within()
subprocess.run(["echo", "to a stream"], stdout=sys.stdout).returncode
subprocess.run(["echo", "kept"], capture_output=True, text=True).stdout
subprocess.check_call("echo error >&2; exit 0", shell=True);
