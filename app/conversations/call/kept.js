// Small choices that this browser keeps: never a word that was said. Where storage is refused they last as long as the page.

/** @param {string} key @param {"sessionStorage" | "localStorage"} [place] The tab, or the browser. */
export function kept(key, place = "sessionStorage") {
  try { return globalThis[place].getItem(key); } catch { return null; }
}

/** @param {string} key @param {string | null} value null: forget it. @param {"sessionStorage" | "localStorage"} [place] */
export function keep(key, value, place = "sessionStorage") {
  try {
    if (value === null) globalThis[place].removeItem(key);
    else globalThis[place].setItem(key, value);
  } catch { /* As above. */ }
}

/** @param {string} key @param {boolean} on @param {"sessionStorage" | "localStorage"} [place] */
export const keepSwitch = (key, on, place) => keep(key, on ? "on" : "off", place);
