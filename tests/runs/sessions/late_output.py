#> run begins
import asyncio
go = asyncio.Event()
async def late():
    await go.wait()
    print("late")
async def start():
    return asyncio.create_task(late())
task = await start()
print("begun")
#> until done begins
#> run goes_on
print("before")
go.set()
await task
print("after")
#> until done goes_on
