"""The release binary as a process whose lines can be awaited and which is always ended.

Its environment is empty but for what a test names, so that no credential or setting of the
machine's owner reaches it.
"""

import os
import signal
import subprocess
import threading
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_SECONDS = 30
STOP_SECONDS = 60


def binary():
    """The path of the binary under test, from HALLPASS_BIN."""
    path = Path(os.environ.get("HALLPASS_BIN", ROOT / "target/release/hallpass")).resolve()
    if not path.is_file():
        raise FileNotFoundError(f"no binary at {path}: run `cargo build --release -p hallpass`")
    return str(path)


def environment(home, **variables):
    """A clean environment at home in `home`, with `variables` added."""
    clean = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true"}
    return clean | {name: str(value) for name, value in variables.items()}


LEGACY = "signed with SigV2, a legacy signature that covers neither host nor body: "


def assert_nothing_else_is_said(done, arguments):
    """The command succeeded, and stderr is empty but for the name of a legacy signature."""
    said = f"{LEGACY}few services still take it\n" if "--sigv2" in arguments else ""
    assert (done.returncode, done.stderr) == (0, said), done.stderr


def run(*arguments, env, cwd=None, under=()):
    """Runs the binary to its end and returns the completed process, its output as text."""
    return subprocess.run(
        [*map(str, under), binary(), *map(str, arguments)],
        env=env,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        check=False,
    )


class Process:
    """A running hallpass, started by the command `under` if there is one."""

    def __init__(self, *arguments, env, cwd=None, under=()):
        self.child = subprocess.Popen(
            [*map(str, under), binary(), *map(str, arguments)],
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said, self.complaints = [], []
        self._news, self._silent = threading.Condition(), False
        self._readers = [
            threading.Thread(target=self._read_lines, daemon=True),
            threading.Thread(target=self._read_complaints, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read_lines(self):
        for line in self.child.stdout:
            with self._news:
                self.said.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._silent = True
            self._news.notify_all()

    def _read_complaints(self):
        self.complaints.extend(self.child.stderr)

    def line(self, part, seconds=START_SECONDS):
        """The first line of stdout that contains `part`, as soon as it is there."""

        def found():
            return next((line for line in self.said if part in line), None)

        with self._news:
            self._news.wait_for(lambda: found() or self._silent, timeout=seconds)
            if line := found():
                return line
        if self._silent:
            self.wait()
        state = f"ended with {self.child.poll()}" if self._silent else "is running"
        raise AssertionError(f"hallpass {state} and never said {part!r}: {self.complaints}")

    def stop(self, with_signal=signal.SIGTERM):
        """Asks it to end and returns its exit code."""
        self.child.send_signal(with_signal)
        return self.wait()

    def wait(self, seconds=STOP_SECONDS):
        """Waits for its end and returns its exit code."""
        code = self.child.wait(timeout=seconds)
        for reader in self._readers:
            reader.join(timeout=STOP_SECONDS)
        return code

    def kill(self):
        """Ends it as a power cut does: with no chance to tidy up."""
        self.child.kill()
        self.wait()

    def end(self):
        """Makes sure that it is gone; for the end of a test, whatever happened."""
        if self.child.poll() is None:
            self.kill()
        self.child.stdout.close()
        self.child.stderr.close()


class Server(Process):
    """A running `hallpass serve` with known root credentials."""

    def __init__(self, data, *arguments, key_id, secret, listen="127.0.0.1:0", under=()):
        env = environment(
            Path(data).parent,
            HALLPASS_ROOT_ACCESS_KEY_ID=key_id,
            HALLPASS_ROOT_SECRET_ACCESS_KEY=secret,
        )
        command = ("serve", "--data", data, "--listen", listen, *arguments)
        super().__init__(*command, env=env, under=under)
        self.key_id, self.secret = key_id, secret
        self.url = read_url(self)

    @property
    def host(self):
        """ADDR:PORT."""
        return self.url.removeprefix("http://")

    @property
    def port(self):
        """The port alone."""
        return int(self.host.rsplit(":", 1)[1])


def read_url(process):
    """The URL in the line with which a server says that it is ready."""
    try:
        line = process.line("listening on ")
    except BaseException:
        process.end()
        raise
    return line.removeprefix("listening on ")
