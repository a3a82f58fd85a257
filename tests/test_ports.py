"""Servers of one test never get the same port."""

import socket

from tests.ports import free_port


def test_no_port_is_handed_out_twice() -> None:
    ports = [free_port() for _ in range(500)]
    assert len(set(ports)) == 500


def test_a_port_that_is_taken_is_passed_over() -> None:
    first = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first + 1))
        assert free_port() != first + 1
