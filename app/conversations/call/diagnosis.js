// What is wrong, as one stable code: each code has one plain sentence and one action on the page.

/** @typedef {import("./types.js").Participant} Participant */
/** @typedef {import("./peer.js").LineFacts} LineFacts */
/** @typedef {{code: string, about: string | null}} Trouble about: the participant it is about; null: the owner. */

/** First is worst: one is shown at a time, so the one that explains the others comes first. */
export const CODES = /** @type {const} */ ([
  "server_gone", "no_route", "sound_blocked",
  "microphone_refused", "microphone_missing", "microphone_in_use",
  "camera_refused", "camera_missing", "camera_in_use",
  "own_silent", "own_picture_black", "own_picture_frozen",
  "other_silent", "other_picture_frozen", "other_picture_black", "line_poor",
]);

/** Looks are about 2 s apart. A short hitch is nobody's trouble. */
const FROZEN_LOOKS = 3;
const BLACK_LOOKS = 3;
const SILENT_LOOKS = 10;
const NO_PACKETS_LOOKS = 3;

const GRID = { width: 16, height: 9 };
/** Darker than a lens cap in a lit room; a dark room still shows noise above it. 0 to 255. */
const BLACK_LUMA = 8;

/** Counts looks in a row that were bad; good resets it. */
class Streak {
  #counts = /** @type {Map<string, number>} */ (new Map());
  /** @param {string} key @param {boolean} bad @param {number} needed */
  add(key, bad, needed) {
    const count = bad ? (this.#counts.get(key) ?? 0) + 1 : 0;
    this.#counts.set(key, count);
    return count >= needed;
  }
}

/** Looks at pictures through a canvas of 16 by 9 dots: costs next to nothing. */
export class PictureProbe {
  #canvas = document.createElement("canvas");
  #context;
  /** @type {Map<string, string>} */ #before = new Map();

  constructor() {
    Object.assign(this.#canvas, GRID);
    this.#context = this.#canvas.getContext("2d", { willReadFrequently: true });
  }

  /**
   * @param {string} key Whose picture.
   * @param {HTMLVideoElement} video
   * @returns {{black: boolean, still: boolean} | null} null: there is no picture to look at. Real cameras never give
   *   the very same dots twice, so the same ones are a still picture.
   */
  look(key, video) {
    if (!this.#context || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !video.videoWidth) return null;
    this.#context.drawImage(video, 0, 0, GRID.width, GRID.height);
    const { data } = this.#context.getImageData(0, 0, GRID.width, GRID.height);
    let brightest = 0;
    for (let at = 0; at < data.length; at += 4) {
      brightest = Math.max(brightest, 0.3 * (data[at] ?? 0) + 0.6 * (data[at + 1] ?? 0) + 0.1 * (data[at + 2] ?? 0));
    }
    const dots = data.join();
    const still = dots === this.#before.get(key);
    this.#before.set(key, dots);
    return { black: brightest < BLACK_LUMA, still };
  }
}

/** Event: "change" (the worst trouble, in worst, is another one now). */
export class Diagnosis extends EventTarget {
  /** @type {Trouble | null} */ worst = null;
  #found = /** @type {Map<string, Trouble>} */ (new Map());
  #streak = new Streak();
  /** @type {Map<string, LineFacts>} */ #before = new Map();

  /** @param {string} code @param {boolean} present @param {string | null} [about] */
  set(code, present, about = null) {
    const key = `${code} ${about ?? ""}`;
    if (present === this.#found.has(key)) return;
    if (present) this.#found.set(key, { code, about });
    else this.#found.delete(key);
    this.#choose();
  }

  /** A participant left: what was wrong with them is nobody's trouble any more. @param {string} about */
  forget(about) {
    this.#before.delete(about);
    for (const [key, trouble] of this.#found) if (trouble.about === about) this.#found.delete(key);
    this.#choose();
  }

  #choose() {
    const rank = (/** @type {Trouble} */ trouble) => CODES.indexOf(/** @type {any} */ (trouble.code));
    const worst = [...this.#found.values()].sort((a, b) => rank(a) - rank(b))[0] ?? null;
    if (worst?.code === this.worst?.code && worst?.about === this.worst?.about) return;
    this.worst = worst;
    this.dispatchEvent(new Event("change"));
  }

  /** What the employee should know about this page: the worst of the owner's own troubles, as a code. */
  get own() {
    for (const code of CODES) if (this.#found.has(`${code} `)) return code;
    return null;
  }

  /** @param {"camera" | "microphone"} device @param {"refused" | "missing" | "in_use" | null} lack */
  lack(device, lack) {
    for (const one of ["refused", "missing", "in_use"]) this.set(`${device}_${one}`, lack === one);
  }

  /**
   * The owner's own picture and sound, every 2 s.
   * @param {{black: boolean, still: boolean} | null} picture null: camera off or no picture yet
   * @param {boolean} dead the microphone is on and gave no hiss at all since the last look
   */
  lookAtOwn(picture, dead) {
    this.set("own_picture_black", this.#streak.add("own black", picture?.black === true, BLACK_LOOKS));
    const still = picture !== null && picture.still && !picture.black;
    this.set("own_picture_frozen", this.#streak.add("own still", still, FROZEN_LOOKS));
    this.set("own_silent", this.#streak.add("own dead", dead, SILENT_LOOKS));
  }

  /**
   * Another's picture and sound, every 2 s, as they arrive here.
   * @param {Participant} who
   * @param {LineFacts} facts
   * @param {{black: boolean, still: boolean} | null} picture
   */
  lookAtOther(who, facts, picture) {
    const before = this.#before.get(who.id);
    this.#before.set(who.id, facts);
    const here = facts.connected && before?.connected === true && who.presence === "connected";
    const shows = here && who.camera && !who.sound_only;
    const noFrames = shows && facts.framesDecoded === before.framesDecoded;
    const noSound = here && who.microphone && facts.soundPackets === before.soundPackets;
    const frozen = this.#streak.add(`${who.id} frames`, noFrames, FROZEN_LOOKS);
    this.set("other_picture_frozen", frozen, who.id);
    const black = this.#streak.add(`${who.id} black`, shows && !noFrames && picture?.black === true, BLACK_LOOKS);
    this.set("other_picture_black", black, who.id);
    this.set("other_silent", this.#streak.add(`${who.id} sound`, noSound, NO_PACKETS_LOOKS), who.id);
  }
}
