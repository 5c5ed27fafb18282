// Reads the page aloud, sentence by sentence, and shows the word that sounds.

import { MadeSpeech, Refusal } from "./made_speech.js";
import { placeOf, readableText } from "./readable_text.js";
import { SpokenWord } from "./spoken_word.js";

/** @typedef {import("./readable_text.js").Sentence} Sentence */
/** @typedef {import("./made_speech.js").Speech} Speech */
/** @typedef {{ text: string, language: string, urgent?: boolean }} Asked */

const RATES = [0.6, 0.8, 1, 1.2, 1.4];
const RATE_KEY = "read-aloud-rate";

/** There is one voice: who starts, silences the other. @type {ReadAloud | null} */
let speaking = null;

export default class ReadAloud {
  /** @type {HTMLElement} */
  #element;
  #audio = new Audio();
  #word = new SpokenWord();
  /** @type {MadeSpeech} */
  #speech;
  /** Each start and stop begins a new turn; what still runs of an older one ends. */
  #turn = 0;
  #rate = RATES.indexOf(1);
  #paused = false;
  #follows = true;
  #interrupt = () => {};
  /** @type {{ sentences: Sentence[], index: number, offset: number }} */
  #place = { sentences: [], index: 0, offset: 0 };
  #startText;
  #pauseText;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    this.#speech = new MadeSpeech(element.dataset.url ?? "", element.dataset.token ?? "");
    const rate = RATES.indexOf(Number(remember()));
    if (rate >= 0) this.#rate = rate;
    this.#startText = this.#label("start").textContent ?? "";
    this.#pauseText = this.#label("pause").textContent ?? "";
    this.#button("start").hidden = false;
    element.addEventListener("click", (event) => this.#pressed(/** @type {Element} */ (event.target)));
    for (const name of ["pointerenter", "focus"]) {
      this.#button("start").addEventListener(name, () => this.#prepare());
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && this.#isActive()) this.stop();
    });
    // Who scrolls away while listening is not pulled back before the next sentence.
    for (const name of ["wheel", "touchmove"]) {
      document.addEventListener(name, () => (this.#follows = false), { passive: true });
    }
    window.addEventListener("pagehide", () => this.stop());
    // One of them answers: a page may hold more than one button.
    if (document.querySelector(`[data-module="${element.dataset.module}"]`) === element) {
      document.addEventListener("say", (event) => this.#asked(/** @type {CustomEvent<Asked>} */ (event).detail));
    }
  }

  /**
   * Another part has a few words to say, such as the name of a key. They sound for who asked to hear what is pointed at;
   * urgent ones always. No text: what was said so has lost its meaning.
   *
   * @param {Asked} asked
   */
  #asked({ text, language, urgent }) {
    const readsThePage = !this.#bar().hidden;
    if (!text && !readsThePage) this.stop();
    if (text && (urgent || (!readsThePage && document.documentElement.dataset.aloud === "on"))) {
      void this.speakText(text, language);
    }
  }

  /** The first sentence is asked for as soon as somebody reaches for the button. */
  #prepare() {
    const [first] = this.#isActive() ? [] : this.#sentences();
    if (first) this.#make(first).catch(() => {});
  }

  /** From the beginning of the page. */
  start() {
    const sentences = this.#sentences();
    if (!sentences.length) return this.#say(this.#element.dataset.emptyText);
    return this.#read(sentences, true);
  }

  /**
   * Speaks one text that need not be on the page, and nothing else.
   *
   * @param {string} text
   * @param {string} language
   */
  speakText(text, language) {
    return this.#read([{ text, language: language.split("-")[0], start: 0, pieces: [] }], false);
  }

  /** For who knows the line, as the call does: from now on speech comes in a tenth of the bytes. @param {boolean} slow */
  set slowLine(slow) {
    this.#speech.slowLine = slow;
  }

  pause() {
    this.#paused = true;
    this.#audio.pause();
    this.#show("paused");
  }

  resume() {
    this.#paused = false;
    this.#show("speaking");
    // Not loaded yet: it plays by itself as soon as it is there.
    if (this.#audio.currentSrc && !this.#audio.ended) void this.#audio.play().catch(() => {});
  }

  stop() {
    this.#newTurn();
    this.#audio.pause();
    this.#word.clear();
    this.#paused = false;
    if (speaking === this) speaking = null;
    if (this.#bar().contains(document.activeElement)) this.#button("start").focus();
    this.#showBar(false);
    this.#show("idle");
  }

  /** @param {number} by */
  #changeRate(by) {
    const rate = this.#rate + by;
    if (!RATES[rate]) return;
    this.#rate = rate;
    remember(String(RATES[rate]));
    this.#show(this.#element.dataset.state ?? "");
    void this.#goOn(this.#newTurn());
  }

  /** @param {Sentence} sentence */
  #make({ text, language }) {
    return this.#speech.make(text, language, RATES[this.#rate]);
  }

  #newTurn() {
    this.#turn += 1;
    this.#interrupt();
    return this.#turn;
  }

  /** @param {Sentence[]} sentences @param {boolean} withBar */
  async #read(sentences, withBar) {
    speaking?.stop();
    speaking = this;
    const turn = this.#newTurn();
    this.#say("");
    this.#showBar(withBar);
    this.#show("loading");
    this.#place = { sentences, index: 0, offset: 0 };
    await this.#goOn(turn);
  }

  /** @param {number} turn */
  async #goOn(turn) {
    const { sentences } = this.#place;
    let refusal = null;
    let heard = false;
    for (; this.#place.index < sentences.length; this.#place.index += 1, this.#place.offset = 0) {
      const sentence = sentences[this.#place.index];
      try {
        const speech = await this.#make(sentence);
        if (turn !== this.#turn) return;
        const next = sentences[this.#place.index + 1];
        // Not sooner: the beginning of this one must not wait for the next.
        const prepare = () => next && this.#make(next).catch(() => {});
        this.#audio.addEventListener("playing", prepare, { once: true });
        await this.#play(speech, sentence, turn);
        heard = true;
      } catch (error) {
        refusal = error;
        // A sentence in a language without a voice is passed over; anything else ends it.
        if (turn === this.#turn && !(error instanceof Refusal && error.status === 404)) break;
      }
      if (turn !== this.#turn) return;
    }
    if (turn !== this.#turn) return;
    // A text that another part had spoken may stay unspoken: nobody pressed for it.
    const failed = refusal && !this.#bar().hidden && (this.#place.index < sentences.length || !heard);
    this.stop();
    if (failed) this.#say((refusal instanceof Refusal && refusal.message) || this.#element.dataset.unavailableText);
  }

  /** @param {Speech} speech @param {Sentence} sentence @param {number} turn */
  #play(speech, sentence, turn) {
    const audio = this.#audio;
    const { words } = speech;
    this.#follows = true;
    audio.src = speech.address;
    const from = words.find((word) => word[1] >= this.#place.offset);
    if (this.#place.offset && from) audio.currentTime = from[0] / 1000;
    /** @type {[number, number, number] | undefined} */
    let shown;
    let over = false;
    const follow = () => {
      if (over) return;
      const now = audio.currentTime * 1000;
      const word = words.findLast(([start]) => start <= now);
      if (word && word !== shown) {
        shown = word;
        this.#place.offset = word[1];
        this.#point(placeOf(sentence, word[1], word[2]));
      }
      requestAnimationFrame(follow);
    };
    /** @type {Promise<void>} */
    const played = new Promise((resolve, reject) => {
      this.#interrupt = resolve;
      audio.onended = () => resolve();
      audio.onerror = () => reject(audio.error);
      audio.onplaying = () => turn === this.#turn && this.#show("speaking");
      // A voice without timing: the whole sentence lights up.
      if (!words.length) this.#point(placeOf(sentence, 0, sentence.text.length));
      follow();
      if (!this.#paused) audio.play().catch((error) => this.#paused || reject(error));
    });
    return played.finally(() => (over = true));
  }

  /** @param {Range | null} range */
  #point(range) {
    this.#word.show(range);
    if (!range || !this.#follows) return;
    const { top, bottom } = range.getBoundingClientRect();
    const bar = this.#bar();
    if (top >= 0 && bottom <= (bar.popover ? bar.getBoundingClientRect().top : innerHeight)) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    range.startContainer.parentElement?.scrollIntoView({ block: "center", behavior: calm ? "instant" : "smooth" });
  }

  /** @param {Element} target */
  #pressed(target) {
    const does = target.closest("[data-does]")?.getAttribute("data-does");
    if (does === "start") void this.start();
    if (does === "stop") this.stop();
    if (does === "pause") this.#paused ? this.resume() : this.pause();
    if (does === "slower") this.#changeRate(-1);
    if (does === "faster") this.#changeRate(1);
  }

  #sentences() {
    const target = document.querySelector(this.#element.dataset.target ?? "main");
    return target ? readableText(target) : [];
  }

  /** @param {string} state idle, loading, speaking or paused */
  #show(state) {
    this.#element.dataset.state = this.#paused ? "paused" : state;
    const { againText = "", resumeText = "", speedText = "" } = this.#element.dataset;
    this.#label("start").textContent = state === "idle" || this.#bar().hidden ? this.#startText : againText;
    this.#label("pause").textContent = this.#paused ? resumeText : this.#pauseText;
    const speed = /** @type {HTMLElement} */ (this.#element.querySelector("output"));
    speed.textContent = speedText.replace("{step}", String(this.#rate + 1)).replace("{steps}", String(RATES.length));
    this.#button("slower").ariaDisabled = String(this.#rate === 0);
    this.#button("faster").ariaDisabled = String(this.#rate === RATES.length - 1);
  }

  /** @param {boolean} visible */
  #showBar(visible) {
    const bar = this.#bar();
    bar.hidden = !visible;
    bar.popover = null;
    // On a low or strongly enlarged screen a bar over the page would hide the text itself: it stays in its place.
    if (visible && "showPopover" in bar && matchMedia("(min-height: 30rem)").matches) {
      bar.popover = "manual";
      bar.showPopover();
    }
  }

  /** @param {string | undefined} text */
  #say(text) {
    const message = this.#element.querySelector("[role=status]");
    if (message) message.textContent = text ?? "";
  }

  #isActive() {
    return this.#element.dataset.state !== "idle";
  }

  #bar() {
    return /** @type {HTMLElement} */ (this.#element.querySelector(".read-aloud__bar"));
  }

  /** @param {string} does */
  #button(does) {
    return /** @type {HTMLButtonElement} */ (this.#element.querySelector(`[data-does=${does}]`));
  }

  /** @param {string} does */
  #label(does) {
    return /** @type {HTMLElement} */ (this.#button(does).querySelector("span"));
  }
}

/** The speed stays the same on the next page, until the tab closes. @param {string} [rate] */
function remember(rate) {
  try {
    if (rate) sessionStorage.setItem(RATE_KEY, rate);
    return sessionStorage.getItem(RATE_KEY);
  } catch {
    return null; // the browser allows no storage
  }
}
