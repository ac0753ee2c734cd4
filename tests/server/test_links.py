"""One life of a kernel process, and the next on the same ports."""

import asyncio
import logging

import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager

from rdit_ext.kernel.client import Kernel
from rdit_ext.kernel.crash_marker import CrashMarkers
from rdit_ext.kernel.link import LocalLink
from rdit_ext.protocol import RunRequest
from rdit_ext.session.run import Run

LOG = logging.getLogger(__name__)


def test_what_the_next_process_puts_out_is_not_heard_by_who_listened_to_the_one_before(tmp_path):
    """The last words of the one before are waited for while the next one runs already."""

    places = CrashMarkers()

    async def work():
        context = zmq.asyncio.Context()
        manager = AsyncKernelManager()
        await manager.start_kernel(cwd=str(tmp_path))
        kernels, heard = [], {"before": [], "after": []}
        try:
            for events in heard.values():
                if kernels:
                    await manager.restart_kernel(now=True)
                link = LocalLink(manager, context, LOG, places.make())
                kernel = Kernel(link, events.extend, LOG)
                kernels.append(kernel)
                await kernel.boot(60)
                asked = RunRequest(run="r", script="print('once')")
                await kernel.run(Run(asked).request(""), False)
                # Whoever listens to iopub at all has it by now: it comes after all events.
                await kernel.query("variables")
            assert kernels[0].error is None
        finally:
            for kernel in kernels:
                await kernel.close()
            await manager.shutdown_kernel(now=True)
            context.destroy(linger=0)
            places.close()
        return heard

    heard = asyncio.run(work())
    assert len(heard["before"]) == len(heard["after"])
