"""Who calls what, and when: writers one after the other, in one thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

PATIENCE_S = 0.2  # behind what is being written; then any thread will do


async def in_turn(writer: Executor, others: Executor, give: Callable[[], None]) -> None:
    """Call ``give`` in the writer's thread; where its turn does not come soon, in another."""
    turn = writer.submit(give)
    told = asyncio.wrap_future(turn)
    await asyncio.wait({told}, timeout=PATIENCE_S)
    if turn.cancel():  # it had not begun
        await asyncio.get_running_loop().run_in_executor(others, give)
    else:
        await told
