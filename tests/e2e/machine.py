"""What a scanner, or a scale that is a keyboard, types: real keys, however slow this machine is."""

import time

SLOWED = """() => {
  const own = setTimeout.bind(window);
  window.slept = window.setTimeout;
  window.setTimeout = (act, ms, ...rest) => own(act, ms * 50, ...rest);
}"""
LISTEN = """() => addEventListener("keydown", (event) => {
  event.stopImmediatePropagation(); // the page itself never hears of it
  window.late = performance.now() - event.timeStamp;
}, { capture: true, once: true })"""
AWAKE = "() => { window.setTimeout = window.slept; }"


def keys_at_speed(page, text):
    """Type ``text`` and Enter, by the keys' own clock 10 ms apart."""
    keys = [(key, key) for key in text] + [("Enter", "\r")]
    browser = page.context.new_cdp_session(page)
    begun = now(page, browser) - 0.01 * len(keys)
    for number, (key, sign) in enumerate(keys):
        event = {
            "key": key,
            "windowsVirtualKeyCode": ord(sign.upper()),
            "timestamp": begun + 0.01 * number,
        }
        browser.send("Input.dispatchKeyEvent", event | {"type": "keyDown", "text": sign})
        browser.send("Input.dispatchKeyEvent", event | {"type": "keyUp"})
    browser.detach()


def now(page, browser):
    """The page's own time in the seconds that its keys are stamped with.

    The browser sets its clock by the machine's once; a machine that is put right later is seconds
    away from it, and keys from before the page was there are nobody's.
    """
    page.evaluate(LISTEN)
    probe = {"type": "keyDown", "key": "F24", "timestamp": time.time()}
    browser.send("Input.dispatchKeyEvent", probe)
    return probe["timestamp"] + page.evaluate("() => window.late ?? 0") / 1000  # or no scripts


def type_at_speed(page, text):
    """The same on a page that counts by a clock of its own too: it is slowed meanwhile."""
    page.evaluate(SLOWED)  # or a blank's 150 ms pass between two keys of a slow machine
    keys_at_speed(page, text)
    page.evaluate(AWAKE)
