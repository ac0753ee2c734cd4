import asyncio

async def main():
    await asyncio.sleep(0)
    print("in main")
    return 42

asyncio.run(main())
asyncio.run(main())
try:
    asyncio.get_running_loop()
except RuntimeError as error:
    print(error)
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
