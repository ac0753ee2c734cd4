# stop on error: no
raise GeneratorExit("odd")
raise StopIteration(1)
import asyncio; raise asyncio.CancelledError("mine")
raise KeyError("quoted")
raise OSError(2, "No such file", "missing.txt")
