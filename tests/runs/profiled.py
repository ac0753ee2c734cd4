import cProfile, pstats
def work(n): return sum(range(n))
profiler = cProfile.Profile()
profiler.enable()
x = work(10)
y = work(20)
profiler.disable()
stats = pstats.Stats(profiler).stats
calls = {name: count for (file, line, name), (count, *_) in stats.items()}
calls["work"]
[file for file, line, name in stats if "rdit" in file and not file.endswith("profiled.py")]
