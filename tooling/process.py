"""Running other programs: quietly, logged, and with their failure explained."""

import contextlib
import os
import signal
import subprocess

from . import console, paths


def run(command, log, *, hint="", env=None, cwd=None, on_line=None, title=None):
    """Run a command with its output in a log file, and raise when it fails.

    :param list command: the program and its arguments
    :param str log: name of the log file, below `.oms/log`
    :param str hint: what to do when it fails
    :param on_line: called with each line of output, for progress
    :param str title: what the command does, for the error
    """
    paths.make_state()
    path = paths.LOGS / log
    with open(path, "w", encoding="utf-8") as stream:
        process = start(command, env=env, cwd=cwd)
        try:
            for line in process.stdout:
                stream.write(line)
                if on_line:
                    on_line(line)
            status = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if status:
        raise console.OmsError(
            f"{title or os.path.basename(str(command[0]))} failed (exit {status})",
            hint=hint,
            log=path,
        )


def start(command, *, env=None, cwd=None):
    """Start a command whose output is read line by line by the caller."""
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=merged(env),
            cwd=cwd,
            text=True,
            errors="replace",
        )
    except FileNotFoundError as error:
        raise console.OmsError(f"{command[0]} is not on this machine") from error


def output(command, *, env=None):
    """Return what a short command prints, or None when it fails."""
    try:
        result = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=merged(env),
            text=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return result.stdout.strip() if result.returncode == 0 else None


def call(command, *, env=None, cwd=None):
    """Run a command on the user's terminal and return its exit status.

    Ctrl-C reaches the command itself, so we wait for it to end in its own way; a
    signal that reached only us is handed on.
    """
    process = subprocess.Popen([str(part) for part in command], env=merged(env), cwd=cwd)
    try:
        return process.wait()
    except KeyboardInterrupt:
        return _end(process, signal.SIGINT)
    except BaseException:
        _end(process, signal.SIGTERM, patience=0)
        raise


def _end(process, number, patience=5):
    """Wait for a command that is to end; help it along when it doesn't."""
    for seconds in (patience, 20):
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(seconds)
        process.send_signal(number)
    process.kill()
    return process.wait()


def merged(env):
    """Return the environment of a child: ours, with some of it replaced."""
    return {**os.environ, **{key: str(value) for key, value in (env or {}).items()}}


def is_root():
    """Return whether packages of the machine can be installed by us."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
