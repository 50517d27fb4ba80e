"""Who has to go when there are too many connections."""

from dataclasses import dataclass

from server.edge.crowd import ConnectionLimits, Crowd


@dataclass(eq=False)
class Somebody:
    """A connection that is all a test says of it."""

    works: bool = False
    was_used: bool = False
    is_ended: bool = False

    def is_waiting(self) -> bool:
        return not self.works

    def hang_up(self) -> None:
        self.is_ended = True


def crowd(connections: int = 3, per_address: int = 2) -> Crowd:
    return Crowd(ConnectionLimits(connections=connections, per_address=per_address))


def entered(there: Crowd, *addresses: str) -> list[Somebody]:
    connections = [Somebody() for _ in addresses]
    assert all(there.enter(each, address) for each, address in zip(connections, addresses, strict=True))
    return connections


def test_the_oldest_that_waits_makes_room() -> None:
    one, two, three, _ = entered(crowd(), "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4")

    assert [each.is_ended for each in (one, two, three)] == [True, False, False]


def test_who_has_asked_for_something_since_gets_a_second_chance() -> None:
    there = crowd()
    one, two, three = entered(there, "10.0.0.1", "10.0.0.2", "10.0.0.3")
    one.was_used = True
    entered(there, "10.0.0.4")

    assert [each.is_ended for each in (one, two, three)] == [False, True, False]


def test_an_address_makes_room_for_itself_only() -> None:
    there = crowd()
    other, one, two = entered(there, "10.0.0.9", "10.0.0.1", "10.0.0.1")
    entered(there, "10.0.0.1")

    assert [each.is_ended for each in (other, one, two)] == [False, True, False]


def test_who_works_is_not_ended() -> None:
    there = crowd()
    busy = entered(there, "10.0.0.1", "10.0.0.2", "10.0.0.3")
    for each in busy:
        each.works = True

    assert not there.enter(Somebody(), "10.0.0.4")
    assert not any(each.is_ended for each in busy)


def test_who_left_is_forgotten() -> None:
    there = crowd()
    one, two, three = entered(there, "10.0.0.1", "10.0.0.1", "10.0.0.3")
    there.leave(one)
    there.leave(one)

    assert len(there) == 2
    assert there.enter(Somebody(), "10.0.0.1")
    assert not two.is_ended
    assert not three.is_ended


def test_an_ipv6_network_of_a_household_is_one_address() -> None:
    one, two, _ = entered(crowd(9), "2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:1:eeee::3")
    other, _ = entered(crowd(9), "2001:db8:0:2::1", "::ffff:10.0.0.1")

    assert [each.is_ended for each in (one, two, other)] == [True, False, False]


def test_an_ipv4_address_written_as_ipv6_is_the_same() -> None:
    one, two, _ = entered(crowd(9), "10.0.0.1", "::ffff:10.0.0.1", "10.0.0.1")

    assert [each.is_ended for each in (one, two)] == [True, False]
