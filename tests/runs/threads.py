import threading

def speak(gate):
    gate.wait()
    print("said by the thread")

gate = threading.Event()
thread = threading.Thread(target=speak, args=(gate,)); thread.start()
print("started")
def release():
    gate.set()
    thread.join()
release()
print("joined")
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as pool:
    print(sum(pool.map(lambda n: n * n, range(5))))
threads = []
for n in range(3):
    thread = threading.Thread(target=print, args=("thread", n))
    thread.start()
    thread.join()
