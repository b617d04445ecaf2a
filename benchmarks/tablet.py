"""The weigh station on a slow tablet: Chromium, its processor slowed six times.

    python benchmarks/tablet.py [--saves 40] [--openings 5] [--slowdown 6] [--json FILE]

From the tap on Save to "kept" on the screen, which is written to disk by then; the first paint
from the worker's cache without a network; what the page and its parts weigh on their way. The
server is granian on SQLite in a throw-away folder, with its static files collected as ./run does.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.outcome import ROOT, Outcome, arguments

WEIGH, PASSWORD = "/peser/essai/", "essai-essai"
TARGETS = {
    "save_median_ms": ("a save, tap to confirmed, median", "ms", "≤ 150"),
    "save_p95_ms": ("a save, tap to confirmed, p95", "ms", "≤ 150"),
    "paint_ms": ("first paint without a network", "ms", "≤ 1000"),
    "bytes": ("the screen on its way", "bytes", "≤ 150000"),
}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
PREPARE = f"""
from inventory import reference
from organisation.models import Membership, Organisation, Site, User
organisation = Organisation.objects.create(code="essai", name="Essai")
reference.furnish(organisation)
Site.objects.create(organisation=organisation, code="essai", name="Essai")
user = User.objects.create_user(
    username="essai", password="{PASSWORD}", organisation=organisation)
Membership.objects.create(user=user, role="sorter")
"""
SAVE = """async (typed) => {
  const find = (selector) => document.querySelector(selector);
  for (const digit of typed) find(`#pad [data-key="${digit}"]`).click();
  find("#tiles .tile").click();
  await new Promise((resolve) => setTimeout(resolve, 500)); // a hand moves to the next key
  const strip = find("#saved");
  const confirmed = new Promise((resolve) => {
    const watch = new MutationObserver(() => {
      if (!strip.querySelector("b").textContent.startsWith(`${typed},0`)) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(resolve)); // once it is painted
    });
    watch.observe(strip, { childList: true, subtree: true });
  });
  const start = performance.now();
  find("#save").click();
  await confirmed;
  return performance.now() - start;
}"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--saves", type=int, default=40)
    parser.add_argument("--openings", type=int, default=5)
    parser.add_argument("--slowdown", type=float, default=6)
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with served() as (address, _folder), sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        page = signed_in(browser.new_context(base_url=address, locale="fr-FR"))
        kinds = transferred(page)
        found = timed(page, options) | {"bytes": kinds.total(), "bytes_by_kind": dict(kinds)}
        browser.close()
    outcome = Outcome("tablet")
    report(outcome, found)
    outcome.save(options.json)


@contextmanager
def served(prepare=PREPARE):
    """The address of a server and its folder, on a fresh database that ``prepare`` fills."""
    with tempfile.TemporaryDirectory(prefix="tracerie-bench-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = os.environ | {"TRACERIE_DATA": folder}
        environment.pop("DATABASE_URL", None)
        for command in (["migrate", "-v0"], ["load_reference"], ["shell", "-c", prepare],
                        ["collectstatic", "--noinput", "-v0"]):  # fmt: skip
            subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--port", str(port)]
        command += ["--log-level", "warning", "config.serving:application"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            wait_for(port)
            yield f"http://127.0.0.1:{port}", Path(folder)
        finally:
            process.terminate()
            process.wait()


def wait_for(port: int) -> None:
    for _try in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("the server does not answer")


def signed_in(context):
    page = context.new_page()
    page.goto(f"/connexion/?next={WEIGH}")
    page.fill("#id_username", "essai")
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(f"**{WEIGH}")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    return page


def transferred(page) -> Counter:
    """Bytes on the wire of the page as it is first opened, by kind."""
    browser = page.context.new_cdp_session(page)
    kinds, sizes = {}, Counter()
    browser.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    browser.on(
        "Network.loadingFinished",
        lambda e: sizes.update({kinds.get(e["requestId"], "Other"): int(e["encodedDataLength"])}),
    )
    browser.send("Network.enable")
    browser.send("Network.setCacheDisabled", {"cacheDisabled": True})
    browser.send("Network.setBypassServiceWorker", {"bypass": True})
    page.reload(wait_until="networkidle")
    browser.detach()
    return sizes


def timed(page, options) -> dict[str, float]:
    """Milliseconds of the saves, then of the openings without a network."""
    page.reload(wait_until="networkidle")  # now the worker has kept the screen
    browser = page.context.new_cdp_session(page)
    browser.send("Emulation.setCPUThrottlingRate", {"rate": options.slowdown})
    saves = [page.evaluate(SAVE, str(1 + number % 9)) for number in range(options.saves)]
    page.context.set_offline(True)
    paints = []
    for _opening in range(options.openings):
        page.reload(wait_until="load")
        page.wait_for_function(PAINT)
        paints.append(page.evaluate(PAINT))
    return {
        "save_median_ms": statistics.median(saves),
        "save_p95_ms": statistics.quantiles(saves, n=20, method="inclusive")[-1],
        "paint_ms": statistics.median(paints),
    }


def report(outcome: Outcome, found) -> None:
    for name, (what, unit, target) in TARGETS.items():
        outcome.say(what, found[name], unit, target)
    for kind, size in sorted(found["bytes_by_kind"].items()):
        outcome.say(f"bytes: {kind}", size)


if __name__ == "__main__":
    main()
