/* The screen opens without a network once it has been opened with one, where the browser lets it. */

export const isSecure = () => window.isSecureContext && "serviceWorker" in navigator;

export async function start() {
  if (!isSecure()) return false;
  try {
    await navigator.serviceWorker.register("/sw.js");
    return true;
  } catch {
    return false;
  }
}
