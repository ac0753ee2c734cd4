import asyncio
import warnings

warnings.simplefilter("ignore", DeprecationWarning)

async def main():
    await asyncio.sleep(0)
    return "done"

asyncio.get_event_loop().run_until_complete(main())
