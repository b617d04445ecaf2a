/* What is on screen already is not drawn again: a finger that is down on a button finds it still there. */
const drawn = new Map();

export function isDrawn(name, value) {
  const text = JSON.stringify(value);
  if (drawn.get(name) === text) return true;
  drawn.set(name, text);
  return false;
}
