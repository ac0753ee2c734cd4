"""The rules of a session, without kernels: a race is a sequence of inputs."""

import random

import pytest

from rdit_ext.errors import KernelDied, KernelUnavailable
from rdit_ext.session.transition import (
    AbandonStart,
    Cancel,
    Clear,
    Disconnect,
    EndProcess,
    Execute,
    Finish,
    InterruptAsked,
    Job,
    JobEnded,
    KernelReady,
    ProcessBack,
    ProcessGone,
    ProcessReplaced,
    ProcessStarting,
    Replace,
    ReplaceFailed,
    Report,
    RestartAsked,
    ShutDown,
    Signal,
    Start,
    StartAsked,
    StartFailed,
    State,
    Submitted,
    TimedOut,
    transition,
)

ONE, TWO, THREE = Job("one"), Job("two"), Job("three")
RESET = Job("reset", is_reset=True)
CRASH = KernelDied("The kernel was killed by signal 11 (SIGSEGV).")
SHUT = KernelDied("The session was shut down.", "kernel-shut-down")
NONE = KernelUnavailable("No kernel could be started.")


def after(*inputs, state=None):
    """The state after these inputs, and the actions of the last of them but for its reports."""
    state, actions = state or State(), []
    for happened in inputs:
        state, actions = transition(state, happened)
    return state, [action for action in actions if not isinstance(action, Report)]


def shown(*inputs):
    """What the viewers are told, in order, as (state, queued runs)."""
    state, told = State(), []
    for happened in inputs:
        state, actions = transition(state, happened)
        told += [(a.state.shown, len(a.state.queue)) for a in actions if isinstance(a, Report)]
    return told


def test_the_first_run_starts_a_kernel_and_is_sent_when_it_is_ready():
    state, actions = after(Submitted(ONE))
    assert actions == [Start()]
    assert state.waiting == ONE
    state, actions = after(KernelReady(), state=state)
    assert actions == [Execute(ONE)]
    assert (state.shown, state.waiting) == ("busy", None)
    state, actions = after(JobEnded(ONE, has_process=True), state=state)
    assert actions == [Finish(ONE)]
    assert (state.shown, state.current) == ("idle", None)


def test_viewers_are_told_each_state_once():
    assert shown(
        Submitted(ONE), ProcessStarting(), KernelReady(), Submitted(TWO), JobEnded(ONE, True)
    ) == [("idle", 0), ("starting", 0), ("busy", 0), ("busy", 1), ("busy", 0)]


def test_runs_are_sent_one_after_the_other():
    state, actions = after(Submitted(ONE), KernelReady(), Submitted(TWO))
    assert actions == []
    _, actions = after(JobEnded(ONE, True), state=state)
    assert actions == [Execute(TWO), Finish(ONE)]


def test_a_kernel_that_cannot_start_ends_the_run_that_waits_and_the_next_run_tries_again():
    state, actions = after(Submitted(ONE), Submitted(TWO), StartFailed(NONE))
    assert actions == [Cancel(ONE, NONE), Start(), Finish(ONE)]
    assert state.waiting == TWO
    _, actions = after(KernelReady(), state=state)
    assert actions == [Execute(TWO)]


def test_an_interrupt_before_the_kernel_is_ready_ends_the_run_and_the_start_goes_on():
    state, actions = after(Submitted(ONE), InterruptAsked())
    assert actions == [Cancel(ONE, None), Finish(ONE)]
    assert after(StartAsked(), state=state) == (state, [])
    state, actions = after(KernelReady(), state=state)
    assert (state.shown, actions) == ("idle", [])


def test_an_interrupt_cancels_the_queue_first_and_counts_presses_for_the_run_that_was_sent():
    state, actions = after(Submitted(ONE), KernelReady(), Submitted(TWO), InterruptAsked())
    assert actions == [Cancel(TWO, None), Finish(TWO), Signal(ONE, 1)]
    state, actions = after(InterruptAsked(), state=state)
    assert actions == [Signal(ONE, 2)]
    state, _ = after(JobEnded(ONE, True), Submitted(TWO), InterruptAsked(), state=state)
    assert state.presses == 1, "presses are counted for each run"


def test_a_time_limit_interrupts_its_own_run_and_no_later_one():
    state, actions = after(Submitted(ONE), KernelReady(), Submitted(TWO), TimedOut(ONE))
    assert actions == [Signal(ONE, 1)]
    assert state.queue == (TWO,)
    _, actions = after(JobEnded(ONE, True), TimedOut(ONE), state=state)
    assert actions == []


def test_a_crash_cancels_what_is_queued_and_the_run_that_died_ends_by_itself():
    state, actions = after(Submitted(ONE), KernelReady(), Submitted(TWO), ProcessGone(CRASH, True))
    assert actions == [Cancel(TWO, CRASH), Finish(TWO), Disconnect(CRASH, is_drained=True)]
    assert (state.shown, state.reason, state.current) == ("restarting", str(CRASH), ONE)


@pytest.mark.parametrize("is_back_first", [True, False])
def test_after_a_crash_there_is_a_new_kernel_whether_it_is_back_before_the_run_has_ended(
    is_back_first,
):
    state, _ = after(Submitted(ONE), KernelReady(), ProcessGone(CRASH, True))
    ended, back = JobEnded(ONE, has_process=is_back_first), ProcessBack()
    state, actions = after(*([back, ended] if is_back_first else [ended, back]), state=state)
    assert Start() in actions
    assert state.reason == str(CRASH), "the reason is shown until the new kernel is ready"
    state, actions = after(KernelReady(), state=state)
    assert (state.shown, state.reason, actions) == ("idle", "", [])


def test_a_crash_during_the_start_that_nobody_mends_is_left_to_the_start_to_tell():
    state, actions = after(Submitted(ONE), ProcessStarting(), ProcessGone(CRASH, False))
    assert actions == [Disconnect(CRASH, is_drained=True)]
    assert (state.shown, state.waiting) == ("starting", ONE)
    state, actions = after(StartFailed(NONE), state=state)
    assert actions == [Cancel(ONE, NONE), Finish(ONE)]
    assert state.shown == "dead"


def test_a_restart_cancels_what_waits_and_replaces_the_process():
    state, actions = after(
        Submitted(ONE), KernelReady(), Submitted(TWO), RestartAsked(has_process=True)
    )
    cancelled, disconnect, *rest = actions[0], *actions[2:]
    assert isinstance(cancelled, Cancel)
    assert (cancelled.job, cancelled.error.cause) == (TWO, "kernel-restarted")
    assert isinstance(disconnect, Disconnect)
    assert not disconnect.is_drained
    assert rest == [Replace()]
    # A run that is submitted meanwhile waits for the new process; the old run ends whenever it can.
    state, actions = after(Submitted(THREE), JobEnded(ONE, True), state=state)
    assert actions == [Finish(ONE)]
    state, actions = after(ProcessReplaced(), state=state)
    assert actions == [Start()]
    _, actions = after(KernelReady(), state=state)
    assert actions == [Execute(THREE)]


def test_a_restart_during_the_start_abandons_it():
    _, actions = after(StartAsked(), RestartAsked(has_process=False))
    assert [type(action) for action in actions] == [AbandonStart, Start]


def test_of_two_restarts_at_a_time_the_second_is_followed_by_the_start():
    state, _ = after(StartAsked(), KernelReady(), RestartAsked(True), RestartAsked(True))
    state, actions = after(ProcessReplaced(), state=state)
    assert actions == []
    _, actions = after(ProcessReplaced(), state=state)
    assert actions == [Start()]


def test_a_restart_that_fails_leaves_no_kernel_and_a_run_that_waits_starts_one():
    state, _ = after(StartAsked(), KernelReady(), RestartAsked(True))
    idle, actions = after(ReplaceFailed(NONE), state=state)
    assert (idle.shown, idle.link, actions) == ("dead", "none", [])
    _, actions = after(Submitted(ONE), ReplaceFailed(NONE), state=state)
    assert actions == [Start()]


def test_a_shutdown_ends_all_and_the_next_run_starts_a_new_process():
    state, actions = after(Submitted(ONE), Submitted(TWO), ShutDown(SHUT))
    assert actions == [
        Cancel(TWO, SHUT),
        Finish(TWO),
        Disconnect(SHUT),
        AbandonStart(SHUT),
        EndProcess(),
        Cancel(ONE, SHUT),
        Finish(ONE),
    ]
    assert (state.shown, state.reason) == ("dead", str(SHUT))
    _, actions = after(Submitted(THREE), state=state)
    assert actions == [Start()]


def test_a_reset_without_a_kernel_has_nothing_to_clear():
    state, actions = after(Submitted(RESET))
    assert actions == [Finish(RESET)]
    assert shown(Submitted(RESET)) == [("reset", 0), ("idle", 0)]
    assert state.current is None


def test_a_reset_takes_its_turn_and_is_shown():
    state, actions = after(Submitted(ONE), KernelReady(), Submitted(RESET), JobEnded(ONE, True))
    assert actions == [Clear(RESET), Finish(ONE)]
    state, told = transition(state, JobEnded(RESET, True, is_cleared=True))
    assert [a.state.shown for a in told if isinstance(a, Report)] == ["reset", "idle"]


def test_an_interrupt_does_not_take_back_a_reset_that_is_under_way():
    state, actions = after(Submitted(RESET), state=after(StartAsked())[0])
    assert actions == []
    state, actions = after(InterruptAsked(), state=state)
    assert (state.waiting, actions) == (RESET, [])


class World:
    """Stands in for kernels, processes and users: what an action asks for happens some time later,
    in any order, well or not."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.state = State()
        self.has_process = False
        self.is_alive = False
        self.starts = 0
        self.replaces = 0
        self.sent = None
        self.submitted, self.finished = [], []

    def happen(self, happened):
        before = self.state
        self.state, actions = transition(before, happened)
        for action in actions:
            self.perform(action)
        assert (self.state.link == "starting") == (self.starts > 0), (before, happened, actions)
        assert self.state.replacing == self.replaces
        assert self.state.is_sent == (self.sent is not None)
        assert self.state.current is not None or not self.state.queue, "a run waits for nothing"

    def perform(self, action):
        if isinstance(action, Start):
            assert self.starts == 0, "two starts at a time"
            self.starts = 1
        elif isinstance(action, AbandonStart):
            assert self.starts == 1
            self.starts = 0
        elif isinstance(action, Replace):
            self.replaces += 1
        elif isinstance(action, EndProcess):
            self.has_process = self.is_alive = False
        elif isinstance(action, (Execute, Clear)):
            assert self.sent is None, "two jobs at a time"
            assert self.is_alive, "a job was sent to no kernel"
            self.sent = action.job
        elif isinstance(action, Disconnect):
            self.is_alive = False
        elif isinstance(action, Signal):
            assert action.job == self.sent
        elif isinstance(action, Cancel):
            assert action.job != self.sent, "a job that was sent ends by itself"
        elif isinstance(action, Finish):
            self.finished.append(action.job)

    def step(self):
        """Let something happen that can happen now."""
        can = [self.submit, self.submit, self.stop, self.shut_down, self.restart]
        if self.starts:
            can += [self.start_ends] * 6
        if self.replaces:
            can += [self.replace_ends] * 6
        if self.sent is not None:
            can += [self.job_ends] * 6
        if self.has_process and not self.replaces:
            can += [self.crash]
        if not self.has_process and self.state.shown == "restarting" and not self.replaces:
            can += [self.comes_back] * 3
        self.random.choice(can)()

    def submit(self):
        job = Job(str(len(self.submitted)), is_reset=self.random.random() < 0.2)
        self.submitted.append(job)
        self.happen(Submitted(job))

    def stop(self):
        self.happen(InterruptAsked())

    def shut_down(self):
        self.happen(ShutDown(SHUT))

    def restart(self):
        self.happen(RestartAsked(self.has_process))

    def start_ends(self, may_fail=True):
        self.starts = 0
        if may_fail and self.random.random() < 0.3:
            self.has_process = self.is_alive = False
            self.happen(StartFailed(NONE))
        else:
            self.has_process = self.is_alive = True
            self.happen(KernelReady())

    def replace_ends(self):
        self.replaces -= 1
        self.has_process = self.random.random() < 0.7
        self.happen(ProcessReplaced() if self.has_process else ReplaceFailed(NONE))

    def job_ends(self):
        job, self.sent = self.sent, None
        cleared = job.is_reset and self.is_alive
        self.happen(JobEnded(job, self.has_process, cleared))

    def crash(self):
        is_coming_back = self.random.random() < 0.5
        self.has_process = self.is_alive = False
        self.happen(ProcessGone(CRASH, is_coming_back))

    def comes_back(self):
        self.has_process = True
        self.happen(ProcessBack())

    def settle(self):
        """Let all that is under way end."""
        while self.starts or self.replaces or self.sent is not None:
            if self.replaces:
                self.replace_ends()
            elif self.starts:
                self.start_ends(may_fail=False)
            else:
                self.job_ends()


@pytest.mark.parametrize("seed", range(200))
def test_whatever_happens_every_job_ends_once_and_none_waits_for_nothing(seed):
    world = World(seed)
    for _ in range(60):
        world.step()
    world.settle()
    assert sorted(world.finished, key=lambda job: int(job.id)) == world.submitted
    assert world.state.current is None
    assert world.state.shown in ("idle", "dead", "restarting")
    world.submit()
    world.settle()
    assert world.state.shown == "idle" or world.submitted[-1].is_reset
