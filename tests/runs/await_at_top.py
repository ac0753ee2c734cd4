import asyncio

async def double(n):
    await asyncio.sleep(0)
    print("doubling", n)
    return n * 2

await double(1)
x = await double(2); x
[await double(n) for n in range(2)]
async def numbers():
    for n in range(2):
        yield n
async for n in numbers():
    print(n)
class Manager:
    async def __aenter__(self):
        print("enter")
        return self
    async def __aexit__(self, *error):
        print("exit")
async with Manager() as manager:
    print("inside")
[n async for n in numbers()]
if await double(0) == 0:
    print("zero")
await asyncio.gather(double(3), double(4))
