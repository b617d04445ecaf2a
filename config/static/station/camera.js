/* A tablet's camera as a scanner, where the browser reads barcodes by itself. */
import { h, icon, word } from "./page.js";
import * as sounds from "./sounds.js";

const FORMATS = ["code_128", "qr_code", "ean_13"];
const EVERY = 120; // ms between two looks: fast enough for a hand, and the tablet stays cool

const isAble = () => "BarcodeDetector" in window && window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);

async function hasCamera() {
  if (!isAble()) return false;
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.some(({ kind }) => kind === "videoinput");
  } catch {
    return false;
  }
}

async function detector() {
  const known = (await window.BarcodeDetector.getSupportedFormats?.()) ?? FORMATS;
  const formats = FORMATS.filter((format) => known.includes(format));
  return new window.BarcodeDetector({ formats });
}

function dialog() {
  const video = h("video", { playsinline: true, muted: true, "aria-hidden": "true" });
  const said = h("p", { role: "status" }, word("camera-aim"));
  const close = h("button", { type: "button", class: "btn big" }, icon("x"), word("camera-close"));
  const box = h("dialog", { class: "camera", "aria-label": word("camera") }, video, h("div", { class: "camera-foot" }, said, close));
  close.addEventListener("click", () => box.close());
  box.addEventListener("keydown", (event) => event.stopPropagation()); // the station's own keys sleep behind
  document.querySelector(".station").append(box);
  return { box, video, said };
}

/* Look until something is read or the dialog is closed. */
async function read(seen, { box, video }) {
  while (box.open) {
    const [found] = video.readyState >= video.HAVE_CURRENT_DATA ? await seen.detect(video).catch(() => []) : [];
    if (found?.rawValue) return found.rawValue;
    await new Promise((resolve) => { setTimeout(resolve, EVERY); });
  }
  return null;
}

const reason = ({ name }) => word(name === "NotAllowedError" || name === "SecurityError" ? "camera-refused" : "camera-broken");

const stop = (stream) => stream?.getTracks().forEach((track) => track.stop());

async function look(onCode) {
  const parts = dialog();
  const { box, video, said } = parts;
  let stream = null;
  let code = null;
  box.addEventListener("close", () => { stop(stream); box.remove(); });
  box.showModal();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    if (!box.open) return stop(stream); // closed while the browser asked
    video.srcObject = stream;
    await video.play();
    code = await read(await detector(), parts);
  } catch (error) {
    if (!box.open) return undefined;
    stop(stream);
    sounds.wrong();
    said.setAttribute("role", "alert");
    said.textContent = reason(error);
    return undefined;
  }
  if (box.open) box.close();
  if (!code) return undefined;
  sounds.added();
  return onCode(code);
}

/* Show `button` where this device can, and say so; a tap looks for one code and gives it to `onCode`. */
export async function start(button, onCode) {
  button.addEventListener("click", () => look(onCode));
  const isAble = await hasCamera();
  button.hidden = !isAble;
  return isAble;
}
