// What is said in a live talk, on the page: captions, typed lines, their translations, and the voice that reads those.

import { CaptionChoices } from "./call/choices.js";
import { keepSwitch, kept } from "./call/kept.js";
import { isolated, languageName } from "./call/names.js";
import { SpokenTranslation } from "./call/spoken.js";

/** @typedef {import("./call_page.js").default} Page */
/** @typedef {import("./call/types.js").Participant} Participant */
/** @typedef {import("./call/types.js").CaptionLine} CaptionLine */
/** @typedef {import("./call/types.js").TypedLine} TypedLine */
/** @typedef {import("./call/types.js").TranslatedLine} TranslatedLine */

const KEPT_VOICE = "wijkbalie.translation-voice";
/** What the desk itself speaks: for who is the first in the room. */
const DESK_LANGUAGE = "nl";

/** @param {Element} element @returns {Promise<any>} the component in it, which may be built after this page's own */
const componentOf = (element) => new Promise((resolve) => {
  const built = /** @type {any} */ (element).component;
  if (built) resolve(built);
  else element.addEventListener("component-ready", () => resolve(/** @type {any} */ (element).component), { once: true });
});

export class Words {
  /** @param {Page} page Its call is made, not yet started. */
  constructor(page) {
    this.page = page;
    this.client = page.client;
    const { element } = page;
    const place = /** @type {HTMLElement} */ (element.querySelector("#caption-log"));
    this.log = componentOf(place);
    this.typing = /** @type {HTMLFormElement} */ (element.querySelector("#type-along-form"));
    this.typing.addEventListener("typing", (event) => {
      const { text, done } = /** @type {CustomEvent} */ (event).detail;
      this.type(text, done);
    });
    const token = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=csrf-token]"));
    this.spoken = new SpokenTranslation(element.dataset.readAloud ?? "", token?.content ?? "");
    /** As it was before a reload. */ this.wantsVoice = kept(KEPT_VOICE) === "on";
    this.choices = new CaptionChoices(/** @type {HTMLFormElement} */ (page.part("choices")), (choice, voice) => {
      this.keepVoice(voice);
      this.client.choose(choice);
      this.showChoices();
    });
    const placeWords = () => element.classList.toggle("call--captions-above", place.dataset.position === "above");
    element.addEventListener("caption-look", placeWords);
    void this.log.then(placeWords);
    this.listen();
  }

  listen() {
    const { client, page, spoken } = this;
    /** @param {EventTarget} source @param {string} name @param {(detail: any) => void} take */
    const on = (source, name, take) => source.addEventListener(name, (event) => take(/** @type {CustomEvent} */ (event).detail));
    on(client, "caption", (line) => this.showCaption(line));
    on(client, "typing", (line) => this.showTyped(line));
    on(client, "translation", (line) => this.showTranslation(line));
    on(client, "other_language", ({ language }) => this.ask(language));
    on(client, "caption_state", ({ state }) => this.state("caption-state", state === "ready" ? "" : state === "behind" ? "captionsBehind" : "captionsUnavailable"));
    on(client, "sending", (sending) => { page.part("sending").hidden = !sending; });
    on(spoken, "speaking", (speaking) => page.tiles.soften(speaking));
    on(spoken, "behind", (behind) => this.state("voice-state", behind ? "voiceBehind" : ""));
    on(spoken, "silent", (why) => { page.part("voice-state").textContent = why || page.text("voiceSilent"); });
  }

  /** @param {string} place @param {string} text Its name in the page; empty: nothing to say. */
  state(place, text) { this.page.part(place).textContent = text && this.page.text(text); }

  /** Everybody else who is, or comes, in the talk. */
  get others() {
    return [...this.client.participants.values()].filter(({ id, presence }) => id !== this.client.you && presence !== "waiting");
  }

  /** Names who wants no captions of their voice, so that nobody thinks the captions fail. */
  showRefusers() {
    const { client, page } = this;
    const silent = client.choice.reads ? this.others.filter(({ agrees }) => !agrees) : [];
    page.part("refusers").replaceChildren(...silent.map(({ id }) => {
      const line = document.createElement("p");
      line.textContent = page.fill(page.text("refuses"), page.nameOf(id));
      return line;
    }));
  }

  showChoices() {
    const { client, page, wantsVoice } = this;
    const { choice, captionLanguages, abilities } = client;
    const speaks = (/** @type {string} */ language) => abilities[language]?.speak ?? false;
    page.element.classList.toggle("call--reads", choice.reads);
    this.spoken.switchTo(wantsVoice && choice.reads && speaks(choice.language));
    this.choices.show({
      choice, voice: wantsVoice, heard: captionLanguages, speaks,
      untranslated: (language) => this.untranslated(language),
    });
    this.showRefusers();
  }

  /** Names of those whose words cannot be read in this language now. @param {string} language */
  untranslated(language) {
    const { client, page } = this;
    const reads = (/** @type {string} */ source) => source === language || client.translates(language, source);
    if (!this.others.length) return reads(DESK_LANGUAGE) ? [] : [page.text("theOther")];
    return this.others.filter(({ spoken_language }) => !reads(spoken_language)).map(({ id }) => page.nameOf(id));
  }

  /** @param {CaptionLine} line */
  showCaption({ from, utterance, text, final, language }) {
    const awaits = this.client.translates(this.client.choice.language, language);
    void this.log.then((log) => log.show({ from, name: this.page.nameOf(from), utterance, text, final, language, awaits }));
  }

  /** @param {TypedLine} line */
  showTyped({ from, line, text, done }) {
    const { choice, participants, you } = this.client;
    const source = participants.get(from)?.spoken_language ?? "";
    const own = from === you;
    const awaits = !own && this.client.translates(choice.language, source);
    void this.log.then((log) => log.show({
      from, name: this.page.nameOf(from), utterance: line, text, final: done, typed: true, own, awaits,
    }));
    // A typed line has no sound of its own; a caption in the listener's language was already heard.
    if (done && !own && source === choice.language) this.spoken.say(text, source);
  }

  /** @param {TranslatedLine} line */
  showTranslation({ from, of, line, language, text, state }) {
    void this.log.then((log) => log.translate({ from, utterance: line, typed: of === "typing", language, text: text ?? "", state }));
    if (text && language === this.client.choice.language) this.spoken.say(text, language);
  }

  /** @param {string} text @param {boolean} done @param {string} [language] when it is not the spoken one */
  type(text, done, language) {
    const line = this.client.type(text, done, language);
    if (line === null) return this.page.say(this.page.text("notSent"));
    return this.showTyped({ from: this.client.you, line, text, done });
  }

  /** On a small screen the field makes place for words until it is asked for. */
  showTyping() {
    const { element } = this.page;
    const open = element.classList.toggle("call--typing") || getComputedStyle(this.typing).display !== "none";
    this.page.part("type").setAttribute("aria-expanded", String(open));
    if (open) this.typing.querySelector("input")?.focus();
  }

  /** The ear hears another language than the owner chose: asked, never switched silently. @param {string} language */
  ask(language) {
    const { page } = this;
    const notice = page.part("asked");
    const name = languageName(language, document.documentElement.lang);
    const own = languageName(language, language);
    const sentence = /** @type {HTMLElement} */ (notice.querySelector("[data-part=sentence]"));
    sentence.textContent = page.text("heardLanguage").replace("{heard}", own === name ? name : `${name} (${isolated(own)})`).replace("{language}", name);
    notice.dataset.language = language;
    notice.hidden = false;
    // The speaker is in the middle of a sentence: told politely, and the focus stays where it is.
    page.part("told").textContent = sentence.textContent;
  }

  /** @param {boolean} yes */
  answer(yes) {
    const notice = this.page.part("asked");
    const { language = "" } = notice.dataset;
    const focused = notice.contains(document.activeElement);
    notice.hidden = true;
    this.page.part("told").textContent = "";
    if (focused) document.querySelector("main")?.focus();
    if (!yes) return this.client.keepLanguage(language);
    this.client.choose({ spoken_language: language });
    return this.showChoices();
  }

  /** @param {boolean} on */
  keepVoice(on) {
    this.wantsVoice = on;
    keepSwitch(KEPT_VOICE, on);
  }
}
