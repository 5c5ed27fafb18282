// What can be pressed now, in the order of reading, in rows as the eye sees them; and what each is called.

const CONTROLS =
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [contenteditable=true], audio[controls], video[controls], [tabindex]:not([tabindex^='-'])";

/** The dialog that is in front, if any: what is behind it cannot be pressed. @returns {HTMLElement | null} */
export function frontDialog() {
  const open = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("dialog:modal")]);
  // The browser puts the focus into the one that was opened last.
  return open.findLast((dialog) => dialog.contains(document.activeElement)) ?? open.at(-1) ?? null;
}

/** @param {Element} root @returns {HTMLElement[]} */
export function reachable(root) {
  const all = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(CONTROLS));
  return [...all].filter(
    (element) =>
      !element.matches(":disabled, [aria-disabled=true]") &&
      !element.closest("[inert], [aria-hidden=true]") &&
      element.checkVisibility({ visibilityProperty: true }) &&
      isOnPage(boxOf(element)),
  );
}

/** Not the link that shows itself on focus only. @param {DOMRect} box */
function isOnPage({ width, height, right, bottom, left }) {
  return width > 2 && height > 2 && right > 0 && left < innerWidth && bottom + scrollY > 0;
}

/** With the words beside a small box to tick, or the card that both are on. @param {HTMLElement} element */
export function boxOf(element) {
  const own = element.getBoundingClientRect();
  if (!(element instanceof HTMLInputElement) || !/radio|checkbox/.test(element.type)) return own;
  const card = element.parentElement;
  const parts = [element.labels?.[0], card?.querySelectorAll(CONTROLS).length === 1 ? card : null];
  return around([own, ...parts.filter((part) => !!part).map((part) => part.getBoundingClientRect())]);
}

/** @param {DOMRect[]} boxes */
export function around(boxes) {
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.right));
  const bottom = Math.max(...boxes.map((box) => box.bottom));
  return new DOMRect(left, top, right - left, bottom - top);
}

/**
 * Neighbours whose middles are at one height. So few that going past each is as quick stay apart.
 *
 * @param {HTMLElement[]} elements @param {number} few
 */
export function rowsOf(elements, few) {
  if (elements.length <= few) return elements.map((element) => [element]);
  /** @type {{ of: HTMLElement[], top: number, bottom: number }[]} */
  const rows = [];
  for (const element of elements) {
    const { top, bottom } = boxOf(element);
    const row = rows.at(-1);
    const middle = (top + bottom) / 2;
    if (row && row.top < middle && middle < row.bottom) row.of.push(element);
    else rows.push({ of: [element], top, bottom });
  }
  return rows.map(({ of }) => of);
}

/** What one would call it, as a screen reader does. @param {HTMLElement} element */
export function nameOf(element) {
  const labelled = element.getAttribute("aria-labelledby")?.split(" ").map((id) => document.getElementById(id)?.textContent);
  const labels = "labels" in element ? [.../** @type {NodeListOf<HTMLElement> | []} */ (element.labels ?? [])] : [];
  const label = labels.map((each) => each.textContent);
  const value = element instanceof HTMLInputElement && /submit|button|reset/.test(element.type) ? element.value : "";
  const picture = element.querySelector("img[alt]")?.getAttribute("alt");
  const first = [labelled?.join(" "), element.ariaLabel, label.join(" "), value, visibleText(element), picture, element.title];
  return (first.find((name) => name?.trim()) ?? "").replace(/\s+/g, " ").trim();
}

/** Not the fields' own text, which may be private. @param {HTMLElement} element */
function visibleText(element) {
  return element.matches("textarea, select") ? "" : element.textContent;
}
