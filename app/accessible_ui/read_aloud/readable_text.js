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
  /** @type {Element | null} */
  let block = null;
  let language = "";
  let text = "";
  /** @type {Piece[]} */
  let pieces = [];

  const finish = () => {
    for (const [start, end] of cut(text)) {
      sentences.push({ text: text.slice(start, end), language, start, pieces });
    }
    text = "";
    pieces = [];
  };
  /** @param {string} said @param {Element} element @param {Text} [node] */
  const add = (said, element, node) => {
    const itsBlock = blockOf(element);
    const itsLanguage = languageOf(element);
    if (itsBlock !== block || itsLanguage !== language) finish();
    block = itsBlock;
    language = itsLanguage;
    if (node) pieces.push({ node, start: text.length });
    // One character for one: positions in the text stay positions on the page.
    text += said.replace(/\s/g, " ");
  };

  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    node instanceof Element && isSilent(node) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text) {
      if (node.parentElement) add(node.data, node.parentElement, node);
    } else if (node instanceof HTMLElement) {
      if (node.matches("br,hr")) finish();
      const name = ownName(node);
      if (name) add(` ${name} `, node);
    }
  }
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

/** @param {Element} element */
function isSilent(element) {
  if (element.matches(SILENT)) return true;
  const { display, visibility } = getComputedStyle(element);
  if (display === "contents") return false;
  // checkVisibility also knows what is folded away in <details>.
  return display === "none" || visibility === "hidden" || element.checkVisibility?.() === false;
}

/** @param {Element} element */
function blockOf(element) {
  /** @type {Element} */
  let block = element;
  while (block.parentElement && /^(inline|contents)$/.test(getComputedStyle(block).display)) block = block.parentElement;
  return block;
}

/** @param {Element} element */
function languageOf(element) {
  return (element.closest("[lang]")?.getAttribute("lang") || "nl").split("-")[0].toLowerCase();
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
