"""The scripts' own logic, with a Python that only pretends to install: no network, no server."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ["sh", "readlink", "dirname", "cksum", "grep", "cat", "mkdir", "rm", "sort", "cp", "find"]

# Notes what it is asked, makes a .venv of itself, and leaves real programs to the real Python.
FAKE_PYTHON = f"""#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
    "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    "-m pip --version" | "-c import"*) ;;
    "-m pip install"*) exit "${{PIP_STATUS:-0}}" ;;
    -V) echo Python 3.11.2 ;;
    *" upgrade"*) mkdir -p "$TRACERIE_DATA/static"
        : >"$TRACERIE_DATA/static/staticfiles.json" ;;
    -*) exec "{sys.executable}" "$@" ;;
    *) exit 9 ;;
esac
"""

APPLICATION = """
async def application(scope, protocol):
    protocol.response_empty(302, [("location", "/login")])
"""


def program(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


class Machine:
    """A folder with a space in its name, a PATH with almost nothing on it, and our scripts."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "ma ressourcerie"
        self.bin = folder / "bin"
        self.calls = folder / "calls"
        self.home.mkdir()
        self.bin.mkdir()
        for name in ("run", "test", "requirements.lock", "requirements-test.lock"):
            shutil.copy(ROOT / name, self.home)
        for tool in TOOLS:
            if found := shutil.which(tool):
                (self.bin / tool).symlink_to(found)
        program(self.bin / "id", "#!/bin/sh\necho 1000\n")

    def add_python(self) -> None:
        program(self.bin / "python3", FAKE_PYTHON)

    def start(
        self, *arguments: str, script: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        self.calls.write_text("")
        return subprocess.run(
            [script or self.home / "run", *arguments],
            env={"PATH": str(self.bin), "CALLS": str(self.calls), **environment},
            cwd=self.bin,
            text=True,
            capture_output=True,
            timeout=30,
        )

    def asked(self, part: str) -> list[str]:
        return [c for c in self.calls.read_text().splitlines() if part in c]

    def installs(self) -> list[str]:
        return self.asked("-m pip install")

    def add_application(self) -> None:
        for package in ("config", "organisation", "inventory", "collection", "sales", "reporting"):
            (self.home / package / "static").mkdir(parents=True)
        (self.home / "config" / "settings.py").touch()
        (self.home / "config" / "static.py").touch()
        (self.home / "config" / "serving.py").write_text(APPLICATION)
        (self.home / "reporting" / "static" / "a page.css").touch()

    @contextmanager
    def serve(
        self, port: int, *arguments: str, **environment: str
    ) -> Iterator[subprocess.Popen[str]]:
        """Start the server; whatever a test finds, it is gone at the end."""
        self.calls.write_text("")
        server = subprocess.Popen(
            [self.home / "run", *arguments],
            env={
                "PATH": str(self.bin),
                "CALLS": str(self.calls),
                "PORT": str(port),
                "TRACERIE_DATA": "my data",
                **environment,
            },
            cwd=self.bin,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield server
            server.wait(20)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()
            server.stdout.close()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_python_nor_root_the_line_to_type_is_printed(machine: Machine) -> None:
    program(machine.bin / "apt-get", "#!/bin/sh\nexit 9\n")
    program(machine.bin / "sudo", "#!/bin/sh\nexit 9\n")
    answer = machine.start()
    assert answer.returncode != 0
    assert "sudo sh -c 'apt-get update && apt-get install -y python3 python3-venv'" in answer.stderr


def test_without_python_nor_a_package_manager_it_says_what_is_missing(machine: Machine) -> None:
    answer = machine.start()
    assert answer.returncode != 0
    assert "Python 3.11" in answer.stderr


def test_the_lock_is_installed_once_with_its_hashes_and_wheels_only(machine: Machine) -> None:
    machine.add_python()
    assert machine.start("--install").returncode == 0
    assert len(machine.installs()) == 1
    assert "--require-hashes --only-binary :all: -r requirements.lock" in machine.installs()[0]
    assert machine.start("--install").returncode == 0
    assert machine.installs() == []


def test_a_changed_lock_is_installed_again(machine: Machine) -> None:
    machine.add_python()
    machine.start("--install")
    with (machine.home / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    machine.start("--install")
    assert len(machine.installs()) == 1


def test_the_test_lock_serves_both_but_the_other_lock_does_not(machine: Machine) -> None:
    machine.add_python()
    machine.start("--install")
    machine.start("--install", "requirements-test.lock")
    assert len(machine.installs()) == 1
    machine.start("--install")
    assert machine.installs() == []


def test_an_installation_cut_short_is_begun_again(machine: Machine) -> None:
    machine.add_python()
    assert machine.start("--install", PIP_STATUS="2").returncode != 0
    half = machine.home / ".venv" / "half"
    half.touch()
    assert machine.start("--install").returncode == 0
    assert not half.exists()
    assert len(machine.installs()) == 1


def test_a_venv_whose_python_is_gone_is_built_again(machine: Machine) -> None:
    machine.add_python()
    machine.start("--install")
    (machine.home / ".venv" / "bin" / "python").unlink()
    assert machine.start("--install").returncode == 0
    assert len(machine.installs()) == 1


def test_it_starts_through_a_symbolic_link(machine: Machine) -> None:
    machine.add_python()
    link = machine.bin / "tracerie"
    link.symlink_to(machine.home / "run")
    assert machine.start("--install", script=link).returncode == 0
    assert (machine.home / ".venv" / "installed").exists()


def test_a_taken_port_is_said_before_anything_is_touched(machine: Machine) -> None:
    machine.add_python()
    machine.start("--install")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = machine.start(PORT=port)
    assert answer.returncode != 0
    assert f"Le port {port} est déjà pris" in answer.stderr
    assert not machine.asked("upgrade")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def ready(server: subprocess.Popen[str]) -> str:
    """Return what the server printed up to the line that says how to stop it."""
    assert server.stdout is not None
    said = ""
    for line in server.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    return said


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_says_where_to_go_once_it_answers_and_stops_when_asked(
    machine: Machine, sign: signal.Signals
) -> None:
    machine.add_python()
    machine.add_application()
    (machine.bin / "my data").mkdir()
    (machine.bin / "my data" / "demo").touch()  # as load_demo leaves it
    port = free_port()
    with machine.serve(port) as server:
        said = ready(server)
        assert f"http://127.0.0.1:{port}/" in said
        assert "direction, responsable, tri, caisse, audit" in said
        assert "profil Simple, même mot de passe : hameau" in said
        server.send_signal(sign)
        assert server.wait(20) == 0
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_second_start_collects_no_unchanged_files_and_without_demo_says_no_login(
    machine: Machine,
) -> None:
    machine.add_python()
    machine.add_application()
    with machine.serve(free_port()) as server:
        ready(server)
        assert machine.asked("load_demo")
        server.terminate()
    with machine.serve(free_port(), TRACERIE_DEMO="0") as server:
        assert "demo-tracerie" not in ready(server)
        assert not machine.asked("collectstatic")
        assert not machine.asked("load_demo")
        server.terminate()
    (machine.home / "reporting" / "static" / "a page.css").write_text("new")
    with machine.serve(free_port()) as server:
        ready(server)
        assert machine.asked("collectstatic")
        server.terminate()
    assert (machine.bin / "my data" / "static.stamp").exists()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8 0"])
def test_a_port_that_is_none_is_refused(machine: Machine, port: str) -> None:
    machine.add_python()
    machine.start("--install")
    answer = machine.start(PORT=port)
    assert answer.returncode != 0
    assert "65535" in answer.stderr


def test_tests_without_a_browser_nor_root_print_the_line_to_type(machine: Machine) -> None:
    machine.add_python()
    program(machine.bin / "apt-get", "#!/bin/sh\nexit 9\n")
    answer = machine.start(script=machine.home / "test")
    assert answer.returncode != 0
    assert "su -c 'apt-get update && apt-get install" in answer.stderr
    assert "chromium" in answer.stderr


@pytest.mark.parametrize("script", ["run", "test"])
def test_the_scripts_are_plain_sh(script: str) -> None:
    subprocess.run(["sh", "-n", ROOT / script], check=True)


@pytest.mark.parametrize("ending", ["exit 3", "kill -9 $$"])
def test_a_throw_away_postgresql_leaves_with_its_command(ending: str) -> None:
    answer = subprocess.run(
        [
            sys.executable,
            ROOT / "tests" / "postgresql.py",
            "sh",
            "-c",
            f"echo $DATABASE_URL; {ending}",
        ],
        env=os.environ,
        text=True,
        capture_output=True,
        timeout=60,
    )
    assert answer.returncode in {3, -9}
    folder = Path(answer.stdout.strip().split("@/", 1)[1]).parent
    until = time.monotonic() + 20
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not folder.exists()
