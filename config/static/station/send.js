/* One POST and its answer, told apart as a person needs it:
   saved, refused (with the reasons), logged out, or no answer (it may have arrived: same id again). */

const cookie = (name) => document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);

const headers = () => ({ "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") ?? "" });

const reasons = (answer) => (Array.isArray(answer?.detail) ? answer.detail.map(({ msg }) => msg) : []);

export async function post(url, body) {
  let response;
  try {
    const signal = AbortSignal.timeout?.(12000);
    response = await fetch(url, { method: "POST", headers: headers(), body: JSON.stringify(body), credentials: "same-origin", signal });
  } catch {
    return { outcome: "silent", reasons: [] };
  }
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return { outcome: "saved", answer, reasons: [] };
  if (response.status === 401) return { outcome: "logged out", reasons: [] };
  if (response.ok || response.status >= 500 || response.status === 429) return { outcome: "silent", reasons: reasons(answer) };
  return { outcome: "refused", reasons: reasons(answer) };
}
