"""Disks that are full and disks that fail, under a server that runs."""

import contextlib
import errno
import os
import signal
import subprocess
import threading
from pathlib import Path

ATTACH_SECONDS = 60


def on_small_disk(folder, mib):
    """The command under which a server sees a disk of so many MiB at `folder`.

    The disk is in memory and in a namespace of the server's own, which takes no rights that root
    or a user namespace would not have.
    """
    mount = f'mount -t tmpfs -o size={mib}m,mode=700 none "$0" && exec "$@"'
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, folder]


def read_only(folder):
    """The command under which a server finds `folder` on a disk that takes no writes."""
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, folder]


def beside(server):
    """The command under which another process sees the disk that only the server sees."""
    return ["nsenter", "--user", "--mount", "--preserve-credentials", "--target", server.child.pid]


def seen_by(server, path):
    """The path of a file that only the server sees."""
    return Path(f"/proc/{server.child.pid}/root", *Path(path).parts[1:])


@contextlib.contextmanager
def disk_filled(folder):
    """Takes every block that is left on the disk of `folder`, for a while."""
    filler = folder / "filler"
    try:
        with open(filler, "wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * size) == size:
                        pass
            assert errno.ENOSPC in _errors_of(file)
        yield
    finally:
        filler.unlink()


def _errors_of(file):
    try:
        file.write(b"x")
    except OSError as error:
        return [error.errno]
    return []


@contextlib.contextmanager
def failing(server, calls, error, *paths):
    """Makes system calls of the server fail, those on `paths` alone if there are any, for a while."""
    where = [word for path in paths for word in ("-P", path)]
    tracer = subprocess.Popen(
        ["strace", "-f", "-q", "-o", os.devnull, *map(str, where)]
        + ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}"]
        + ["-p", str(server.child.pid)],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = []
    reader = threading.Thread(target=lambda: said.extend(tracer.stderr), daemon=True)
    reader.start()
    try:
        _wait_for_tracer(server, tracer, said)
        yield
    finally:
        tracer.send_signal(signal.SIGTERM)
        tracer.wait(timeout=ATTACH_SECONDS)
        reader.join(timeout=ATTACH_SECONDS)


def _wait_for_tracer(server, tracer, said):
    """Waits until each thread of the server is traced."""
    from support.waiting import until

    def is_attached():
        assert tracer.poll() is None, f"strace did not attach: {said}"
        tasks = Path(f"/proc/{server.child.pid}/task")
        return all(_tracer_of(task) == tracer.pid for task in tasks.iterdir())

    until(is_attached, seconds=ATTACH_SECONDS, what="a tracer")


def _tracer_of(task):
    try:
        status = (task / "status").read_text()
    except FileNotFoundError:
        return None
    return int(status.split("TracerPid:", 1)[1].split()[0])
