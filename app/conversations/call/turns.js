// One piece of work at a time, over all connections.

/** A connection that is closed in mid-work never says that it is done (WebRTC 1.0, 4.4.1.2). */
const LONGEST_MS = 2000;

let turns = Promise.resolve();

/**
 * Whoever comes last is offered three connections at once, and on a slow device three halves of an answer show nobody.
 * @param {() => Promise<void>} job Waits for the device alone, never for a line.
 * @param {number} longestMs Then the next may begin all the same.
 */
export function inTurn(job, longestMs = LONGEST_MS) {
  const begun = turns;
  const done = begun.then(job);
  const tired = begun.then(() => new Promise((told) => setTimeout(told, longestMs)));
  turns = Promise.race([done, tired]).then(() => {}, () => {});
  return done;
}
