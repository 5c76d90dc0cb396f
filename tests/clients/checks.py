"""Named checks for the Python clients, one line of output each: `ok - NAME` or `not ok - NAME` and why."""

import time
import traceback


def check(name):
    """Runs the decorated function at once. A failed check does not stop those after it."""

    def run(function):
        try:
            function()
        except Exception as error:
            print(f"not ok - {name}", flush=True)
            ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
            for frame in ours[1:]:
                print(f"#   line {frame.lineno}: {frame.line}", flush=True)
            print(f"#   {type(error).__name__}: {error}", flush=True)
        else:
            print(f"ok - {name}", flush=True)

    return run


def same(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


def refused(error, status, message, function, *args, **kwargs):
    """Checks that a call is refused with this class of exception, status and part of a message."""
    try:
        function(*args, **kwargs)
    except error as refusal:
        same((type(refusal), refusal.response_code), (error, status))
        assert message in str(refusal.error_message), f"{refusal.error_message!r} lacks {message!r}"
    else:
        raise AssertionError(f"was not refused with {status}")


def eventually(function):
    """What the function gives, once it is something: for what a server does in the background."""
    deadline = time.monotonic() + 30
    while not (found := function()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)
    return found
