// How much picture one link may carry: by number of people, by what the line loses. Pure: figures in, a rung out.

/**
 * @typedef {{lost: number, availableBps: number}} LineReport lost: 0 to 1; availableBps: what the browser believes it
 *   can send, NaN when unknown. Delay is no measure here: browsers lower their rate by it themselves, and a device
 *   that is merely busy answers late too.
 */
/** @typedef {{sound_only: boolean, bitrateBps: number, framesPerS: number, scaleDown: number}} Picture */

/**
 * Without a bound four browsers starve each other to 3 frames a second; with these they keep 14 to 16
 * (docs/change/measured.md). Index: number of people in the talk.
 */
const BITRATE_BPS = [700_000, 700_000, 700_000, 500_000, 350_000];
const FRAMES_PER_S = [24, 24, 24, 24, 20];
/** Of 640x360. Among four people 427x240 is left, just over what EN 301 549 6.5.2 asks: motion is worth more. */
const SCALE_DOWN = [1, 1, 1, 1.25, 1.5];

/** From the best rung to the last, where the picture stops and the sound goes on. */
const RUNGS = [
  { share: 1, scaleDown: 1, slower: 1 },
  { share: 0.6, scaleDown: 1.5, slower: 1 },
  { share: 0.3, scaleDown: 2, slower: 0.6 },
];
export const SOUND_ONLY = RUNGS.length;

const POOR_LOSS = 0.1;
const GOOD_LOSS = 0.03;
/** The picture itself stops only when it would take the place of the sound, which asks 32 to 40 kbit/s. A browser on a
 * busy device believes in little more than it manages to send: four of them on two cores were seen to say 98 kbit/s. */
const HOPELESS_LOSS = 0.2;
const HOPELESS_BPS = 50_000;
/** Two bad reports in a row: one burst of loss is no poor line. */
const POOR_REPORTS = 2;
const GOOD_REPORTS = 5;
/** Trying the picture again too soon makes it flash on and off: each failed try doubles the wait. */
const MOST_GOOD_REPORTS = 60;
/** A step up that lasts this long did not fail. */
const HELD_REPORTS = 15;

export class Ladder {
  rung = 0;
  #poor = 0;
  #good = 0;
  #needed = GOOD_REPORTS;
  /** Reports since the last step up; infinite when a step down was the last. */ #sinceUp = Infinity;

  /**
   * One report of the line, about every 2 s. Steps down after two poor ones, up after some good ones.
   * @param {LineReport} report
   * @returns {boolean} whether the rung changed
   */
  take({ lost, availableBps }) {
    const hopeless = lost > HOPELESS_LOSS || availableBps < HOPELESS_BPS;
    const poor = hopeless || (this.rung < SOUND_ONLY - 1 && lost > POOR_LOSS);
    const good = !hopeless && lost < GOOD_LOSS;
    this.#poor = poor ? this.#poor + 1 : 0;
    this.#good = good ? this.#good + 1 : 0;
    this.#sinceUp += 1;
    if (this.#poor >= POOR_REPORTS && this.rung < SOUND_ONLY) {
      if (this.#sinceUp < HELD_REPORTS) this.#needed = Math.min(this.#needed * 2, MOST_GOOD_REPORTS);
      else if (this.#sinceUp < Infinity) this.#needed = GOOD_REPORTS;
      this.#sinceUp = Infinity;
      return this.#step(1);
    }
    if (this.#good >= this.#needed && this.rung > 0) {
      this.#sinceUp = 0;
      return this.#step(-1);
    }
    return false;
  }

  /** @param {1 | -1} by */
  #step(by) {
    this.rung += by;
    this.#poor = this.#good = 0;
    return true;
  }

  /** What this rung means among so many people. @param {number} people @returns {Picture} */
  picture(people) {
    const most = Math.min(Math.max(people, 2), 4);
    const rung = RUNGS[Math.min(this.rung, RUNGS.length - 1)];
    return {
      sound_only: this.rung === SOUND_ONLY,
      bitrateBps: Math.round((BITRATE_BPS[most] ?? 350_000) * (rung?.share ?? 1)),
      framesPerS: Math.round((FRAMES_PER_S[most] ?? 20) * (rung?.slower ?? 1)),
      scaleDown: (SCALE_DOWN[most] ?? 1.5) * (rung?.scaleDown ?? 1),
    };
  }
}
