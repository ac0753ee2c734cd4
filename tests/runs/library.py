# only: kernel
import faulthandler, logging, pdb, sys

pdb.Pdb
len(logging._handlers)
kept, sys.stderr = sys.stderr, None
try:
    faulthandler.enable()
except RuntimeError as error:
    print(error)
sys.stderr = kept
