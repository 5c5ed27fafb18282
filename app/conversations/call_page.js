// The page of a guest in a live talk: binds the call to pictures, words, buttons and one plain message at a time.

import { CallClient } from "./call/client.js";
import { keepSwitch, kept } from "./call/kept.js";
import { devices } from "./call/media.js";
import { isolated } from "./call/names.js";
import { Tiles } from "./call/tiles.js";
import { Words } from "./words.js";

/** @typedef {import("./call/types.js").Participant} Participant */
/** @typedef {import("./call/diagnosis.js").Trouble} Trouble */

/** What the button of a trouble does; its sentence and word stand in the page. @type {Record<string, string>} */
const REMEDIES = {
  server_gone: "hurry", no_route: "reload", sound_blocked: "wake", line_poor: "cameraOff",
  microphone_refused: "retry", microphone_missing: "retry", microphone_in_use: "retry",
  camera_refused: "retry", camera_missing: "retry", camera_in_use: "retry",
  own_silent: "renewSound", own_picture_black: "renewCamera", own_picture_frozen: "renewCamera",
  other_silent: "repair", other_picture_frozen: "repair", other_picture_black: "tell",
};

/** Kept in the tab: on or off before a reload, or as the device check left them. */
const WANTS = { camera: "wijkbalie.wants-camera", microphone: "wijkbalie.wants-microphone" };

/** Why the server let go of this page, as it is told to the person. Others only load the page anew. */
const TOLD = ["moved", "removed", "signed_out", "broken"];

export default class CallPage {
  /** @type {import("./call/phrases.js").Phrases | undefined} */ phrases;

  /** @param {HTMLElement} element Holds addresses, own choices and texts as data attributes. */
  constructor(element) {
    this.element = element;
    const data = element.dataset;
    const socket = (/** @type {string | undefined} */ path) => {
      const url = new URL(path ?? "", location.href);
      url.protocol = url.protocol.replace("http", "ws");
      return url.href;
    };
    this.client = new CallClient({
      url: socket(data.socket),
      soundUrl: socket(data.soundSocket),
      workletUrl: data.worklet ?? "",
      language: data.language ?? "nl",
      textSize: Number(document.documentElement.dataset.textSize) || 100,
      choice: {
        reads: data.reads === "true",
        agrees: data.agrees === "true",
        language: data.captionLanguage ?? "nl",
        spoken_language: data.spokenLanguage ?? "nl",
      },
      wanted: this.keptWishes(),
    });
    this.tiles = new Tiles(this.part("pictures"), this.part("picture-choices"));
    this.words = new Words(this);
    this.listen();
    element.addEventListener("click", (event) => this.press(event));
    addEventListener("pagehide", () => this.client.close());
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    void this.client.start().then(() => this.showCameras());
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    const found = this.element.querySelector(`[data-call=${name}]`);
    if (!(found instanceof HTMLElement)) throw new Error(`call page without ${name}`);
    return found;
  }

  /** @param {string} name */
  text(name) { return this.element.dataset[`${name}Text`] ?? ""; }

  /** Camera and microphone as they were before a reload, or as the device check left them. */
  keptWishes() {
    return { camera: kept(WANTS.camera) !== "off", microphone: kept(WANTS.microphone) !== "off" };
  }

  keepWishes() {
    const { camera, microphone } = this.client.media.wanted;
    keepSwitch(WANTS.camera, camera);
    keepSwitch(WANTS.microphone, microphone);
  }

  listen() {
    /** @param {string} name @param {(detail: any) => void} take */
    const on = (name, take) => this.client.addEventListener(name, (event) => take(/** @type {CustomEvent} */ (event).detail));
    on("welcome", () => this.welcome());
    on("participant", (who) => this.showParticipant(who));
    on("stream", (id) => this.showParticipant(this.client.participants.get(id)));
    on("left", (id) => { this.tiles.remove(id); this.showPeople(); });
    on("own", () => { this.showParticipant(this.client.me); this.showControls(); });
    on("levels", (levels) => this.tiles.hear(levels));
    on("muted", (by) => this.say(this.fill(this.text("mutedBy"), this.nameOf(by))));
    on("trouble", (trouble) => this.showTrouble(trouble));
    // Whoever just left a moment ago is shown as away already: that needs no second sentence.
    on("problem", (frame) => { if (!["absent", "unknown_participant"].includes(frame.code)) this.say(frame.text ?? ""); });
    on("stopped", (why) => this.stop(why));
  }

  welcome() {
    this.element.dataset.joined = "true";
    for (const who of this.client.participants.values()) this.showParticipant(who);
    this.showPeople();
    this.showControls();
  }

  /** @param {Participant | undefined} who */
  showParticipant(who) {
    if (!who) return;
    this.showPeople();
    if (who.presence === "waiting" || !who.admitted) return this.tiles.remove(who.id);
    this.tiles.you = this.client.you;
    const own = who.id === this.client.you;
    const { media } = this.client;
    const stream = own ? media.stream : this.client.peers.get(who.id)?.stream ?? null;
    this.tiles.show(own ? { ...who, ...media.sending } : who, stream, own && media.facing === "user" && !media.dress);
    const video = this.tiles.video(who.id);
    if (!video) return;
    this.client.watch(who.id, video);
    if (stream) video.play().then(() => this.client.diagnosis.set("sound_blocked", false), (error) => {
      // The owner never hears themselves, so only others' sound can be held back.
      if (!own && error.name === "NotAllowedError") this.client.diagnosis.set("sound_blocked", true);
    });
  }

  showPeople() {
    this.words.showChoices();
    this.part("alone").hidden = this.words.others.length > 0 || this.element.dataset.joined !== "true";
  }

  /** @param {string} text @param {string} name */
  fill(text, name) {
    return text.replaceAll("{name}", isolated(name));
  }

  /** @param {string} id */
  nameOf(id) {
    const who = this.client.participants.get(id);
    if (!who) return "";
    return id === this.client.you ? this.text("you") : who.name || this.tiles.role(who);
  }

  /** @param {string} text @param {boolean} done */
  type(text, done) { return this.words.type(text, done); }

  /** One sentence, one action. @param {Trouble | null} trouble */
  showTrouble(trouble) {
    const notice = this.part("trouble");
    notice.hidden = !trouble;
    notice.dataset.code = trouble?.code ?? "";
    const source = trouble && this.element.querySelector(`[data-trouble-text="${trouble.code}"]`);
    const name = this.nameOf(trouble?.about ?? "");
    const sentence = source instanceof HTMLElement ? this.fill(source.textContent?.trim() ?? "", name) : "";
    const node = /** @type {HTMLElement} */ (notice.querySelector("[data-part=sentence]"));
    node.textContent = sentence;
    const button = /** @type {HTMLButtonElement} */ (notice.querySelector("[data-action=remedy]"));
    const word = /** @type {HTMLElement} */ (button.querySelector(".button__text"));
    const action = source instanceof HTMLElement ? source.dataset.actionText ?? "" : "";
    word.textContent = action;
    button.hidden = !action;
  }

  /** Does what the button of the shown trouble says. */
  async remedy() {
    const trouble = this.client.diagnosis.worst;
    if (!trouble) return;
    const { media, sound, signalling, peers } = this.client;
    switch (REMEDIES[trouble.code]) {
      case "hurry": return signalling.hurry();
      case "reload": return location.reload();
      case "retry": await media.retry(); return this.showCameras();
      case "renewCamera": return media.renew();
      case "renewSound": await media.renewMicrophone(); return sound.wake();
      case "cameraOff": await media.setCamera(false); return this.keepWishes();
      case "repair": return peers.get(trouble.about ?? "")?.renegotiate();
      case "tell": return this.words.showTyping();
      case "wake":
        await sound.wake();
        for (const who of this.client.participants.values()) this.showParticipant(who);
        return undefined;
      default: return undefined;
    }
  }

  /** A short remark that asks nothing. @param {string} text */
  say(text) { this.part("remark").textContent = text; }

  showControls() {
    const { sending, lacks } = this.client.media;
    this.showToggle("camera", sending.camera, !lacks.camera);
    this.showToggle("microphone", sending.microphone, !lacks.microphone);
  }

  /** @param {string} name @param {boolean} on @param {boolean} [works] */
  showToggle(name, on, works = true) {
    const button = this.part(name);
    const word = button.querySelector("[data-part=word]");
    const text = (on ? button.dataset.onText : button.dataset.offText) ?? "";
    if (word && word.textContent !== text) word.textContent = text;
    button.setAttribute("aria-pressed", String(on));
    button.classList.toggle("control--off", !on);
    button.classList.toggle("control--broken", !works);
  }

  async showCameras() {
    const { camera } = await devices();
    this.part("flip").hidden = camera.length < 2;
    this.showControls();
  }

  /** @param {Event} event */
  press(event) {
    void this.client.sound.wake();
    const button = /** @type {Element} */ (event.target).closest("[data-action]");
    if (button) void this.act(button.getAttribute("data-action") ?? "", button);
  }

  /** @param {string} action @param {Element} button @returns {Promise<unknown>} */
  async act(action, button) {
    const { media } = this.client;
    switch (action) {
      case "camera": await media.setCamera(!media.sending.camera); await this.showCameras(); return this.keepWishes();
      case "microphone": await media.setMicrophone(!media.sending.microphone); return this.keepWishes();
      case "flip": return media.flipCamera();
      case "remedy": return this.remedy();
      case "type": return this.words.showTyping();
      case "phrases": return this.showPhrases();
      case "speak-other": case "keep-language": return this.words.answer(action === "speak-other");
      case "open": return this.dialog(button.getAttribute("aria-controls")).showModal();
      case "close": return button.closest("dialog")?.close();
      case "leave": return this.client.leave();
      case "reload": return location.reload();
      default: return undefined;
    }
  }

  /** The board comes when it is first asked for: a talk without it does not wait for it. */
  async showPhrases() {
    const { Phrases } = await import("./call/phrases.js");
    this.phrases ??= new Phrases({
      dialog: this.dialog("phrases"),
      say: (text, language) => this.words.type(text, true, language),
      language: () => this.client.choice.language,
      other: () => this.otherLanguage(),
    });
    return this.phrases.open();
  }

  /** What the other side reads: the desk's language for a guest, the guest's for an employee. */
  otherLanguage() {
    const desk = this.client.me?.role === "employee";
    const there = [...this.client.participants.values()].find(({ id, role }) => id !== this.client.you && (role === "employee") !== desk);
    return there?.caption_language ?? "nl";
  }

  /** @param {string | null} id */
  dialog(id) { return /** @type {HTMLDialogElement} */ (document.getElementById(id ?? "")); }

  /** @param {string} why */
  stop(why) {
    this.element.dataset.stopped = why;
    this.words.spoken.switchTo(false);
    for (const dialog of this.element.querySelectorAll("dialog[open]")) /** @type {HTMLDialogElement} */ (dialog).close();
    if (why === "left" || why === "ended") return location.assign(this.element.dataset.doneUrl ?? "/");
    if (!TOLD.includes(why)) return location.assign(this.element.dataset.againUrl ?? location.href);
    const ended = this.dialog("call-stopped");
    for (const part of ended.querySelectorAll("[data-why]")) {
      /** @type {HTMLElement} */ (part).hidden = part.getAttribute("data-why") !== why;
    }
    return ended.showModal();
  }
}
