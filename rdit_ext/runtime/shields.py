"""Marks for functions of ours in which no interrupt may be raised.

An exception inside our own bookkeeping could lose an event or leave a lock held. The handler of
SIGINT therefore searches the stack for marked functions, so that a mark costs nothing while no
signal comes.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])
_shielded: set[CodeType] = set()
_boundaries: set[CodeType] = set()


def shielded(function: _F) -> _F:
    """Mark a function in which, and in what it calls, no interrupt is raised. It must not call code
    of the user's, which could then not be stopped."""
    _shielded.add(function.__code__)
    return function


def boundary(function: _F) -> _F:
    """Mark a function that calls the user's code: no interrupt is raised in its own frame, but in
    what it calls."""
    _boundaries.add(function.__code__)
    return function


def is_boundary(frame: FrameType | None) -> bool:
    """Whether this is the frame of a boundary."""
    return frame is not None and frame.f_code in _boundaries


def is_shielded(frame: FrameType | None) -> bool:
    """Whether a shielded function is on the stack of this frame."""
    while frame is not None:
        if frame.f_code in _shielded:
            return True
        frame = frame.f_back
    return False
