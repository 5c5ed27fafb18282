// Fits up to four pictures into a place: as large as can be, in order, each as heavy as its size asks. Pure.

/** @typedef {"small" | "medium" | "large"} Size */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */

/** Heights against each other. */
const WEIGHT = { small: 1, medium: 1.7, large: 2.8 };
/** Widest first; a phone upright shows more of a face in a squarer picture. */
const SHAPES = [16 / 9, 4 / 3, 1];

/** All ways to break a row of n into rows, each a list of counts. @param {number} n @returns {number[][]} */
function rowsOf(n) {
  if (n === 0) return [[]];
  const ways = [];
  for (let first = 1; first <= n; first++) for (const rest of rowsOf(n - first)) ways.push([first, ...rest]);
  return ways;
}

/**
 * @param {Size[]} sizes In order, from the start of the text direction and the top.
 * @param {number} width
 * @param {number} height
 * @param {number} gap
 * @returns {Box[]} left is counted from the start edge, so that it mirrors in Arabic.
 */
export function fitPictures(sizes, width, height, gap) {
  /** @type {{area: number, boxes: Box[]}} */
  let best = { area: -1, boxes: [] };
  for (const shape of SHAPES) {
    for (const rows of rowsOf(sizes.length)) {
      const tried = fitRows(rows, sizes.map((size) => WEIGHT[size]), shape, width, height, gap);
      if (tried.area > best.area * 1.02) best = tried;
    }
  }
  return best.boxes;
}

/** @param {number[]} rows @param {number[]} weights @param {number} shape @param {number} width @param {number} height @param {number} gap */
function fitRows(rows, weights, shape, width, height, gap) {
  let at = 0;
  const lines = rows.map((count) => weights.slice(at, at += count));
  const tall = lines.reduce((sum, line) => sum + Math.max(...line), 0);
  const wide = lines.map((line) => line.reduce((sum, weight) => sum + weight * shape, 0));
  const scale = Math.min(
    (height - gap * (lines.length - 1)) / tall,
    ...lines.map((line, index) => (width - gap * (line.length - 1)) / (wide[index] ?? 1)),
  );
  if (!(scale > 0)) return { area: -1, boxes: [] };
  /** @type {Box[]} */ const boxes = [];
  let top = (height - tall * scale - gap * (lines.length - 1)) / 2;
  for (const [index, line] of lines.entries()) {
    const row = Math.max(...line) * scale;
    let left = (width - (wide[index] ?? 0) * scale - gap * (line.length - 1)) / 2;
    for (const weight of line) {
      const box = { left, top: top + row - weight * scale, width: weight * shape * scale, height: weight * scale };
      boxes.push(box);
      left += box.width + gap;
    }
    top += row + gap;
  }
  return { area: boxes.reduce((sum, box) => sum + box.width * box.height, 0), boxes };
}
