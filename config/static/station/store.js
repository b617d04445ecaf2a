/* What a reload must not lose: the sheet being filled, and the mode that stays chosen. */

export function store(name) {
  const key = `tracerie.weigh.${name}`;
  return {
    read() {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch {
        return null;
      }
    },
    write(value) {
      localStorage.setItem(key, JSON.stringify(value));
    },
  };
}
