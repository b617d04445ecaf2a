/* The cable of a scale, through Web Serial: read line by line, and opened again when it comes back. */
import { splitter } from "./scales.js";

const POLL = 250;
const SILENCE = 2_000;
const RETRY = 3_000;

export const isPossible = () => "serial" in navigator;

let now = null; // {port, driver, state: waiting | live | silent | lost, reader, writer, heard, isLeft}
let tell = () => {};

export const state = () => now?.state ?? "off";

function become(mine, state, reading = null) {
  if (mine !== now) return;
  mine.state = state;
  tell(reading);
}

function hear(mine, line) {
  const reading = mine.driver.read(line);
  if (!reading) return;
  mine.heard = Date.now();
  become(mine, "live", reading);
}

async function ask(mine) {
  if (!mine.port.writable) return;
  mine.writer = mine.port.writable.getWriter();
  await mine.writer.write(new TextEncoder().encode(mine.driver.ask)).catch(() => {});
  mine.writer.releaseLock();
  mine.writer = null;
}

/* A port closes only once nobody reads or writes. */
async function shut(mine) {
  await mine.writer?.abort().catch(() => {});
  await mine.asking;
  await mine.port.close().catch(() => {});
}

/* Read until the stream ends; whether it broke, and another may follow it. */
async function read(mine) {
  const split = splitter(); // half a line is dropped with the stream that broke
  mine.reader = mine.port.readable.getReader();
  try {
    for (;;) {
      const { value, done } = await mine.reader.read();
      if (done) return false;
      for (const line of split(value)) hear(mine, line);
    }
  } catch {
    return true;
  } finally {
    mine.reader.releaseLock();
  }
}

async function listen(mine) {
  const polling = mine.driver.ask && setInterval(() => { if (!mine.writer) mine.asking = ask(mine); }, POLL);
  const watching = setInterval(() => {
    if (mine.state !== "silent" && Date.now() - mine.heard > SILENCE) become(mine, "silent");
  }, POLL);
  let goesOn = true;
  while (goesOn && !mine.isLeft && mine.port.readable) goesOn = await read(mine);
  clearInterval(polling);
  clearInterval(watching);
  await shut(mine);
  lose(mine);
}

function lose(mine) {
  if (mine !== now || mine.isLeft) return;
  become(mine, "lost");
  setTimeout(() => again(mine), RETRY);
}

/* The same cable, if the browser sees it again. */
async function again(mine) {
  if (mine !== now || mine.state !== "lost") return;
  const port = await granted(mine.port.getInfo());
  if (port && mine === now && mine.state === "lost") await open(port, mine.driver);
  else if (mine === now) setTimeout(() => again(mine), RETRY);
}

/* The port that this tablet was allowed to use, by what its plug says of itself. */
export async function granted(info) {
  const ports = await navigator.serial.getPorts();
  const isIt = (port) => {
    const { usbVendorId, usbProductId } = port.getInfo();
    return usbVendorId === info?.usbVendorId && usbProductId === info?.usbProductId;
  };
  return ports.find(isIt) ?? null;
}

/* Open `port` and listen as `driver` speaks. */
export async function open(port, driver) {
  await close();
  const mine = { port, driver, state: "waiting", reader: null, writer: null, heard: Date.now(), isLeft: false };
  now = mine;
  tell(null);
  try {
    await port.open(driver.serial);
  } catch {
    return lose(mine);
  }
  if (mine.isLeft) await port.close(); // somebody chose otherwise meanwhile
  else mine.ended = listen(mine);
}

export async function close() {
  const mine = now;
  now = null;
  if (!mine) return;
  mine.isLeft = true;
  if (mine.ended) {
    await mine.reader?.cancel().catch(() => {});
    await mine.ended;
  }
  tell(null);
}

export const port = () => now?.port ?? null;
export const driver = () => now?.driver ?? null;

/* Call `act` with each reading, and with null whenever the state changes without one. */
export function start(act) {
  tell = act;
  navigator.serial.addEventListener("connect", () => now && again(now));
}
