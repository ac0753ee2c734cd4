import asyncio

async def speak(gate):
    await gate.wait()
    print("said by the task")

gate = asyncio.Event()
task = asyncio.create_task(speak(gate))
print("before")
gate.set()
await task
print("after")
