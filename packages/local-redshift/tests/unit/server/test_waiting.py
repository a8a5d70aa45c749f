"""How many clients may wait for their login, and which is refused when there are too many."""

from __future__ import annotations

import pytest

from local_redshift.server.waiting import WaitingClients


def test_the_one_that_has_waited_longest_is_refused() -> None:
    waiting, refused = WaitingClients(in_all=3), list[int]()
    for number in range(5):
        waiting.add(lambda number=number: refused.append(number), "127.0.0.1")  # type: ignore[misc]
    assert refused == [0, 1]
    assert len(waiting) == 3


def test_one_machine_crowds_out_only_itself() -> None:
    waiting, refused = WaitingClients(in_all=10, per_address=2), list[str]()
    waiting.add(lambda: refused.append("other"), "192.0.2.1")
    for number in range(4):
        waiting.add(lambda number=number: refused.append(str(number)), "192.0.2.2")  # type: ignore[misc]
    assert refused == ["0", "1"]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.0.1", "::1", ""])
def test_programs_of_this_machine_share_one_address(address: str) -> None:
    waiting, refused = WaitingClients(in_all=5, per_address=1), list[int]()
    for number in range(5):
        waiting.add(lambda number=number: refused.append(number), address)  # type: ignore[misc]
    assert refused == []


def test_in_all_the_busiest_machine_gives_way() -> None:
    waiting, refused = WaitingClients(in_all=3, per_address=3), list[str]()
    for name, address in (("a", "192.0.2.1"), ("b", "192.0.2.2"), ("c", "192.0.2.2"), ("d", "192.0.2.3")):
        waiting.add(lambda name=name: refused.append(name), address)  # type: ignore[misc]
    assert refused == ["b"]


def test_a_client_that_has_logged_in_is_not_refused() -> None:
    waiting, refused = WaitingClients(in_all=1), list[str]()

    def refuse() -> None:
        refused.append("first")

    waiting.add(refuse, "127.0.0.1")
    waiting.remove(refuse)
    waiting.add(lambda: refused.append("second"), "127.0.0.1")
    assert refused == []
