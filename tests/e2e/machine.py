"""What a scanner, or a scale that is a keyboard, types: real keys, however slow this machine is."""

import time

SLOWED = """() => {
  const own = setTimeout.bind(window);
  window.slept = window.setTimeout;
  window.setTimeout = (act, ms, ...rest) => own(act, ms * 50, ...rest);
}"""
AWAKE = "() => { window.setTimeout = window.slept; }"


def keys_at_speed(page, text):
    """Type ``text`` and Enter, by the keys' own clock 10 ms apart."""
    keys = [(key, key) for key in text] + [("Enter", "\r")]
    browser = page.context.new_cdp_session(page)
    begun = time.time() - 0.01 * len(keys)
    for number, (key, sign) in enumerate(keys):
        event = {
            "key": key,
            "windowsVirtualKeyCode": ord(sign.upper()),
            "timestamp": begun + 0.01 * number,
        }
        browser.send("Input.dispatchKeyEvent", event | {"type": "keyDown", "text": sign})
        browser.send("Input.dispatchKeyEvent", event | {"type": "keyUp"})
    browser.detach()


def type_at_speed(page, text):
    """The same on a page that counts by a clock of its own too: it is slowed meanwhile."""
    page.evaluate(SLOWED)  # or a blank's 150 ms pass between two keys of a slow machine
    keys_at_speed(page, text)
    page.evaluate(AWAKE)
