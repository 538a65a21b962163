"""The socket that is listened at: where it is, and that nothing is held back in it."""

from __future__ import annotations

import asyncio
import socket

import pytest

from recsys_lib.errors import ArgumentError
from recsys_lib.scale.serving.server import Address, _bound


def test_answers_are_not_held_back_until_the_first_part_is_acknowledged():
    """Head and body are sent one after the other; with Nagle's rule each answer took 44 ms."""

    async def set_on_arrival() -> int:
        arrived = asyncio.get_running_loop().create_future()

        async def met(reader, writer) -> None:
            its = writer.get_extra_info("socket")
            arrived.set_result(its.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listening = _bound(Address(port=0))
        async with await asyncio.start_server(met, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            found = await asyncio.wait_for(arrived, 60)
            writer.close()
            return found

    assert asyncio.run(set_on_arrival()) != 0


@pytest.mark.parametrize(("host", "alone"), [("127.0.0.1", True), ("localhost", True),
                                             ("::1", True), ("0.0.0.0", False),
                                             ("192.0.2.1", False)])  # fmt: skip
def test_what_only_this_machine_reaches_is_told_apart(host, alone):
    assert Address(host).is_loopback == alone


def test_it_listens_on_this_machine_alone_unless_told_otherwise():
    with _bound(Address(port=0)) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"
    with pytest.raises(ArgumentError, match="cannot listen there"):
        _bound(Address("192.0.2.1", 0))  # an address for documentation, which is nobody's
