// Shows which word sounds now: by the CSS Custom Highlight API, else by a <mark> around the word.

const NAME = "spoken-word";

export class SpokenWord {
  /** @type {(() => void) | null} */
  #undo = null;

  /** @param {Range | null} range */
  show(range) {
    this.clear();
    if (!range) return;
    if ("highlights" in CSS) {
      CSS.highlights.set(NAME, new Highlight(range));
      this.#undo = () => CSS.highlights.delete(NAME);
    } else {
      this.#undo = wrap(range);
    }
  }

  clear() {
    this.#undo?.();
    this.#undo = null;
  }
}

/**
 * The text node that was there stays the first part, so that places found before stay good.
 *
 * @param {Range} range
 */
function wrap(range) {
  const node = /** @type {Text} */ (range.startContainer);
  const whole = node.data;
  const end = range.endContainer === node ? range.endOffset : node.length;
  const word = node.splitText(range.startOffset);
  const rest = word.splitText(end - whole.length + word.length);
  const mark = document.createElement("mark");
  mark.className = "read-aloud__word";
  word.replaceWith(mark);
  mark.append(word);
  return () => {
    mark.remove();
    rest.remove();
    node.data = whole;
  };
}
