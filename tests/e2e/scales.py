"""A scale that a browser believes to be plugged in: bytes come in pieces, and it can be unplugged.

Only this one is ever met by the tests: no real scale was.
"""

# A page finds it at ``window.scale``; what the browser was allowed outlives a reload.
SIMULATED = """
(() => {
  const INFO = { usbVendorId: 0x0403, usbProductId: 0x6001 };
  const scale = { grams: 0, isStable: true, isMute: false, isBusy: false };
  Object.assign(scale, { isThere: true, opened: [], asked: [] });
  const serial = new EventTarget();
  const kilograms = () => (Math.abs(scale.grams) / 1000).toFixed(3).padStart(8);
  const sign = () => (scale.grams < 0 ? "-" : "+");
  const speak = {
    continuous: () => `${scale.isStable ? "ST" : "US"},GS,${sign()}${kilograms()}kg\\r\\n`,
    "on demand": () =>
      `S ${scale.isStable ? "S" : "D"} ${sign().replace("+", " ")}${kilograms()} kg\\r\\n`,
  };

  class Port {
    readable = null;
    writable = null;
    getInfo() { return INFO; }

    async open(options) {
      if (this.readable) throw new DOMException("open", "InvalidStateError");
      if (scale.isBusy || !scale.isThere) throw new DOMException("no", "NetworkError");
      scale.opened.push(options);
      const start = (out) => { this.out = out; };
      const write = (bytes) => this.hear(new TextDecoder().decode(bytes));
      this.readable = new ReadableStream({ start, cancel: () => this.rest() });
      this.writable = new WritableStream({ write });
      if (KIND === "continuous") this.timer = setInterval(() => this.say(), 40);
    }

    hear(text) {
      scale.asked.push(text);
      if (KIND === "on demand" && text === "SI\\r\\n") this.say();
    }

    say() {
      if (scale.isMute) return;
      const bytes = new TextEncoder().encode(speak[KIND]());
      const at = 1 + Math.floor(Math.random() * (bytes.length - 1));
      this.out.enqueue(bytes.slice(0, at));
      this.out.enqueue(bytes.slice(at));
    }

    rest() {
      clearInterval(this.timer);
    }

    async close() {
      const isUsed = this.readable?.locked || this.writable?.locked;
      if (isUsed) throw new TypeError("locked");
      this.rest();
      this.readable = this.writable = null;
    }

    pull() {
      this.rest();
      this.readable = null;
      this.out.error(new DOMException("The device has been lost.", "NetworkError"));
    }
  }

  let port = new Port();
  serial.requestPort = async () => {
    localStorage.granted = "yes";
    return port;
  };
  serial.getPorts = async () => (localStorage.granted && scale.isThere ? [port] : []);
  scale.unplug = () => {
    scale.isThere = false;
    port.pull();
    serial.dispatchEvent(new Event("disconnect"));
  };
  scale.plug = () => {
    scale.isThere = true;
    port = new Port();
    serial.dispatchEvent(new Event("connect"));
  };
  Object.defineProperty(navigator, "serial", { value: serial, configurable: true });
  window.scale = scale;
})();
"""


def simulated(kind):
    """The script of a scale that is ``continuous``, or answers ``on demand``."""
    return SIMULATED.replace("KIND", f'"{kind}"')
