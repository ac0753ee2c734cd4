"""What both sides run, as their `__main__`: the module of CPython's tests named in `module`.

The verdict goes into a file, for standard output is among what is tested.
"""

import importlib
import json
import pathlib
import unittest

import test.support

here = pathlib.Path(__file__)
# The network and whatever else takes more than a processor is not for this comparison.
test.support.use_resources = []
try:
    module = importlib.import_module((here.parent / "module").read_text())
except (ImportError, unittest.SkipTest) as error:
    verdict = {"missing": str(error)}
else:
    program = unittest.main(module=module, exit=False, argv=["unittest", "-b"])
    verdict = {"run": program.result.testsRun}
    for kind in ("failures", "errors", "skipped"):
        verdict[kind] = {test.id(): said for test, said in getattr(program.result, kind)}
(here.parent / "verdict").write_text(json.dumps(verdict))
