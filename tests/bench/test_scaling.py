"""The simulation of many workers, where arithmetic says what must come out."""

import pytest

from bench.scaling import Costs, grouped, main, parameter_servers, ring, servers_needed

COSTS = Costs(call=1e-3, handling=5e-4, network=1e9, update=4e9, compute=0.1)


def test_one_worker_waits_for_nobody():
    found = parameter_servers(COSTS, 1e8, workers=1, servers=1, steps=200)
    assert found.share == pytest.approx(1.0, abs=0.02)  # computing varies by a tenth
    alone = 2 * (1e-3 + 5e-4) + 1e8 * (2 / 1e9 + 1 / 4e9) + 0.1
    assert found.rate == pytest.approx(1 / alone, rel=0.02)


def test_a_server_sends_no_faster_than_its_card():
    found = parameter_servers(COSTS, 1e8, workers=50, servers=1, steps=20)
    assert found.rate == pytest.approx(1e9 / 1e8, rel=0.05)
    assert found.busy == pytest.approx(1.0, abs=0.05)


def test_servers_share_bytes_but_not_calls():
    few, many = (parameter_servers(COSTS, 1e8, 50, servers, steps=10) for servers in (2, 40))
    assert many.rate > 5 * few.rate
    assert servers_needed(COSTS, 1e8, 50) == 50  # five seconds of sending in a lap of 102 ms
    assert servers_needed(COSTS, 1e8, 1000) == -1  # 20,000 calls a second of half a millisecond


def test_a_ring_waits_for_its_messages_and_its_slowest():
    assert ring(COSTS, 1e8, 1).share == pytest.approx(1.0)
    long, short = ring(COSTS, 1e8, 1000), ring(COSTS, 1e8, 1000, levels=2)
    assert 1000 / long.rate > 1998 * 0.5e-3 + 0.2
    assert 1000 / short.rate < 1000 / long.rate - 0.8
    slow = COSTS._replace(call=0.0, network=1e15, update=1e15)
    assert 1.2 < 1 / ring(slow, 1e8, 1000).share < 1.6  # the slowest of a thousand, three tenths behind


def test_groups_call_less():
    assert grouped(COSTS, 1e8, 1024, 32, 16, steps=5).rate > 5 * parameter_servers(COSTS, 1e8, 1024, 16, 5).rate


def test_the_table(capsys):
    main(["--workers", "1", "100", "--steps", "2"])
    shown = capsys.readouterr().out
    assert "| 100 | rings of rings |" in shown and "groups of 32" in shown
