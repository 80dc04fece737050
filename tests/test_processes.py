"""Workers and the cycle collector."""

import gc
import os
import signal
import time

import pytest

from levytool.processes import collector_at_rest, cores, workers


def test_ctrl_c_does_not_reach_a_worker_and_still_reaches_us():
    with workers(1) as pool:
        blocked = pool.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
        assert pool.submit(os.getpid).result() != os.getpid()
    assert signal.SIGINT in blocked
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_what_is_not_begun_when_workers_are_left_is_let_go():
    with pytest.raises(KeyboardInterrupt), workers(1) as pool:
        waiting = [pool.submit(time.sleep, 0.2) for _ in range(20)]
        raise KeyboardInterrupt
    assert waiting[-1].cancelled()


def test_the_collector_goes_on_after_its_rest():
    assert gc.isenabled()
    with pytest.raises(ValueError), collector_at_rest():
        assert not gc.isenabled()
        raise ValueError
    assert gc.isenabled()
    gc.disable()
    try:
        with collector_at_rest():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_there_is_a_core():
    assert cores() >= 1
