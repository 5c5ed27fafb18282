// Speech from the server; what was made stays for a while, so that a second hearing need not wait.

/** @typedef {{ address: string, words: [number, number, number][] }} Speech words: start in ms, offset, length */

const KEPT = 40;

/** The server's own words about what went wrong. */
export class Refusal extends Error {
  /** @param {number} status @param {string} text */
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

export class MadeSpeech {
  /** @type {Map<string, Promise<Speech>>} */
  #made = new Map();
  #url;
  #token;
  /** Somebody who knows the line (the call) may say that it is slow. */
  slowLine = false;

  /** @param {string} url @param {string} token */
  constructor(url, token) {
    this.#url = url;
    this.#token = token;
  }

  /**
   * Rejects with a Refusal, or with a TypeError when the server cannot be reached.
   *
   * @param {string} text
   * @param {string} language
   * @param {number} rate
   */
  make(text, language, rate) {
    const format = (this.slowLine || isSlow()) && playsOpus() ? "opus" : "wav";
    const asked = JSON.stringify({ text, language, rate, format });
    let speech = this.#made.get(asked);
    if (!speech) {
      speech = this.#fetch(asked);
      this.#made.set(asked, speech);
      speech.catch(() => this.#made.delete(asked));
      this.#forgetOldest();
    }
    return speech;
  }

  /** @param {string} asked @returns {Promise<Speech>} */
  async #fetch(asked) {
    const answer = await fetch(this.#url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": this.#token },
      body: asked,
    });
    const made = await answer.json().catch(() => ({}));
    if (!answer.ok || !made.sound) throw new Refusal(answer.status, made.text ?? "");
    const sound = atob(made.sound);
    const bytes = new Uint8Array(sound.length);
    for (let index = 0; index < sound.length; index += 1) bytes[index] = sound.charCodeAt(index);
    return { address: URL.createObjectURL(new Blob([bytes], { type: made.type })), words: made.words };
  }

  #forgetOldest() {
    for (const [asked, speech] of this.#made) {
      if (this.#made.size <= KEPT) return;
      this.#made.delete(asked);
      speech.then(({ address }) => URL.revokeObjectURL(address)).catch(() => {});
    }
  }
}

/** What the browser tells of the line; Safari and Firefox tell nothing. */
function isSlow() {
  const { connection } = /** @type {{ connection?: { saveData?: boolean, effectiveType?: string } }} */ (navigator);
  return Boolean(connection?.saveData || /2g|3g/.test(connection?.effectiveType ?? ""));
}

function playsOpus() {
  return new Audio().canPlayType('audio/ogg; codecs="opus"') !== "";
}
