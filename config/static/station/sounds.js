/* Short answers for the ear, mutable; never the only answer. */

const key = "tracerie.sounds";
let context;

export const audible = () => localStorage.getItem(key) !== "off";
export const hush = (off) => localStorage.setItem(key, off ? "off" : "on");

function tone(frequency, from, length, volume) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  const start = context.currentTime + from;
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(volume, start);
  gain.gain.exponentialRampToValueAtTime(0.001, start + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + length);
}

function play(...tones) {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!audible() || !Context) return;
  context ??= new Context();
  context.resume?.();
  for (const each of tones) tone(...each);
}

export const added = () => play([660, 0, 0.05, 0.08]);
export const saved = () => play([1320, 0, 0.11, 0.22]);
export function wrong() {
  play([160, 0, 0.3, 0.3]);
  navigator.vibrate?.(200);
}

/* The switch in the account menu. */
export function start(button) {
  const show = () => button.setAttribute("aria-pressed", String(audible()));
  button.addEventListener("click", () => {
    hush(audible());
    show();
    added();
  });
  show();
}
