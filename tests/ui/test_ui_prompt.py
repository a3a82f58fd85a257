"""Small answers leave at once."""

import socket

import pytest

from explorer.ui.live.prompt import OPEN, send_at_once


@pytest.mark.skipif(not OPEN.is_dir(), reason="this system lists no open files")
def test_connections_that_come_in_hold_nothing_back() -> None:
    with socket.socket() as listening:  # as Streamlit makes it
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        send_at_once()
        with socket.create_connection(listening.getsockname()):
            came, _address = listening.accept()
            with came:
                assert came.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
