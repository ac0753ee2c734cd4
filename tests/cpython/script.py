"""What both sides run, as their `__main__`: the module of CPython's tests named in `module`.

The verdicts go into a file, for standard output is among what is tested.
"""

import importlib
import json
import pathlib
import unittest
from typing import ClassVar

import test.support

here = pathlib.Path(__file__)


class Result(unittest.TextTestResult):
    # By their ids. Some of the tests write into the globals of `__main__`.
    tests: ClassVar = {}

    def startTest(self, test):
        self.tests.setdefault(test.id(), ["passed", ""])
        super().startTest(test)


class Runner(unittest.TextTestRunner):
    resultclass = Result


# The network and whatever else takes more than a processor is not for this comparison.
test.support.use_resources = []
try:
    module = importlib.import_module((here.parent / "module").read_text())
except (ImportError, unittest.SkipTest) as error:
    verdict = {"missing": str(error)}
else:
    program = unittest.main(module=module, exit=False, testRunner=Runner, argv=["unittest", "-b"])
    result = program.result
    for kind, told in [
        ("skipped", result.skipped),
        ("failed as expected", result.expectedFailures),
        ("passed unexpectedly", [(test, "") for test in result.unexpectedSuccesses]),
        ("failed", result.failures),
        ("error", result.errors),
    ]:
        for test, said in told:
            result.tests[test.id()] = [kind, said]
    verdict = {"run": result.testsRun, "tests": result.tests}
(here.parent / "verdict").write_text(json.dumps(verdict))
