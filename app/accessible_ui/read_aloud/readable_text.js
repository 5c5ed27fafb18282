// What a reader sees in an element, as sentences to be spoken, each with the way back to its place on the page.

/** @typedef {{ node: Text, start: number }} Piece A text node, and where its text stands in the sentence's block. */
/** @typedef {{ text: string, language: string, start: number, pieces: Piece[] }} Sentence */

const SILENT =
  "script,style,template,svg,noscript,select,textarea,audio,video,canvas,iframe,object,[hidden],[inert]," +
  "[aria-hidden=true],[data-read-aloud=off],input:not([type=submit],[type=button],[type=reset])";
const SENTENCE = /.+?(?:[.!?؟][^\s\p{L}\p{N}]*(?=\s)|$)/gsu;
const LONGEST = 280;

/**
 * @param {Element} root
 * @returns {Sentence[]}
 */
export function readableText(root) {
  /** @type {Sentence[]} */
  const sentences = [];
  let text = "";
  let language = "";
  /** @type {Piece[]} */
  let pieces = [];

  const finish = () => {
    for (const [start, end] of cut(text)) {
      sentences.push({ text: text.slice(start, end), language, start, pieces });
    }
    text = "";
    pieces = [];
  };
  /** One character for one: positions in the text stay positions on the page. @param {string} said */
  const add = (said) => (text += said.replace(/\s/g, " "));

  /** @param {Node} node @param {string} itsLanguage */
  const visit = (node, itsLanguage) => {
    if (node instanceof Text) {
      if (itsLanguage !== language) finish();
      language = itsLanguage;
      pieces.push({ node, start: text.length });
      add(node.data);
    } else if (node instanceof HTMLElement) {
      const display = getComputedStyle(node).display;
      const apart = !/^(inline|contents|none)$/.test(display) || node.matches("br,input,select,textarea");
      if (apart) finish();
      if (!isSilent(node, display)) {
        const nodeLanguage = primary(node.lang) || itsLanguage;
        const name = ownName(node);
        if (name) {
          if (nodeLanguage !== language) finish();
          language = nodeLanguage;
          add(` ${name} `);
        }
        node.childNodes.forEach((child) => visit(child, nodeLanguage));
      }
      if (apart) finish();
    }
  };
  visit(root, primary(/** @type {HTMLElement} */ (root.closest("[lang]"))?.lang ?? ""));
  finish();
  return sentences;
}

/**
 * Where a part of a sentence stands; null when the page has changed since, or for text that is not on the page.
 *
 * @param {Sentence} sentence
 * @param {number} offset
 * @param {number} length
 */
export function placeOf(sentence, offset, length) {
  const begin = find(sentence, offset);
  const last = find(sentence, offset + length - 1);
  if (!begin || !last || last.offset >= last.node.length || !begin.node.isConnected) return null;
  const range = document.createRange();
  range.setStart(begin.node, begin.offset);
  range.setEnd(last.node, last.offset + 1);
  return range;
}

/** @param {Sentence} sentence @param {number} offset */
function find({ start, pieces }, offset) {
  const place = start + offset;
  const piece = pieces.findLast((one) => one.start <= place);
  return piece && { node: piece.node, offset: place - piece.start };
}

/** @param {Element} element @param {string} display */
function isSilent(element, display) {
  if (element.matches(SILENT) || display === "none") return true;
  // checkVisibility also knows what is folded away in <details>; without a box of its own it cannot tell.
  return display !== "contents" && element.checkVisibility?.({ visibilityProperty: true }) === false;
}

/** "nl-NL" → "nl" @param {string} language */
function primary(language) {
  return language.split("-")[0].toLowerCase();
}

/** A name that stands in an attribute. @param {HTMLElement} element */
function ownName(element) {
  if (element instanceof HTMLInputElement) return element.value;
  if (element instanceof HTMLImageElement) return element.alt;
  return element.matches("a,button,[role]") && !element.textContent?.trim() ? element.ariaLabel : null;
}

/**
 * Start and end of each sentence that has something to say.
 *
 * @param {string} text
 * @returns {Generator<[number, number]>}
 */
function* cut(text) {
  for (const { index, 0: segment } of text.matchAll(SENTENCE)) {
    for (let rest = segment, start = index; rest; ) {
      const end = rest.length <= LONGEST ? rest.length : breakIn(rest);
      const said = rest.slice(0, end);
      const lead = said.length - said.trimStart().length;
      if (/[\p{L}\p{N}]/u.test(said)) yield [start + lead, start + said.trimEnd().length];
      start += end;
      rest = rest.slice(end);
    }
  }
}

/** After the last comma, else the last space, that fits. @param {string} text */
function breakIn(text) {
  return text.lastIndexOf(", ", LONGEST) + 1 || text.lastIndexOf(" ", LONGEST) + 1 || LONGEST;
}
