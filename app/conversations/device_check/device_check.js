// Own picture, moving bar, spoken sentence: does it work here? Says what is missing and that one can go on anyway.

import { OwnMedia, devices } from "../call/media.js";
import { PictureProbe } from "../call/diagnosis.js";

/** @typedef {import("../call/media.js").Device} Device */

const LEVEL_MS = 60;
const PROBE_MS = 1000;
const BLACK_LOOKS = 3;

export default class DeviceCheck {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    element.hidden = false;
    this.video = /** @type {HTMLVideoElement} */ (element.querySelector("video"));
    this.meter = /** @type {any} */ (element.querySelector('[data-module$="level_meter"]'));
    this.media = new OwnMedia({ camera: true, microphone: true });
    this.probe = new PictureProbe();
    this.blackLooks = 0;
    this.heardVoice = false;
    /** @type {Record<string, string>} */ this.problems = {};
    /** @type {AudioContext | null} */ this.context = null;
    /** @type {AnalyserNode | null} */ this.analyser = null;
    /** @type {MediaStreamAudioSourceNode | null} */ this.source = null;
    /** @type {HTMLAudioElement | null} */ this.voice = null;
    this.media.addEventListener("tracks", () => this.show());
    this.media.addEventListener("lack", (event) => {
      const { device, lack } = /** @type {CustomEvent} */ (event).detail;
      this.setProblem(device, lack ? `${device}_${lack}` : "");
    });
    element.addEventListener("click", (event) => this.press(event));
    element.addEventListener("change", (event) => this.choose(event));
    addEventListener("pagehide", () => this.close());
    this.timers = [setInterval(() => this.hear(), LEVEL_MS), setInterval(() => this.look(), PROBE_MS)];
    void this.media.start().then(() => this.listDevices());
  }

  /** @param {string} device @returns {HTMLElement} */
  place(device) { return /** @type {HTMLElement} */ (this.element.querySelector(`[data-device=${device}]`)); }

  /** @param {string} name @param {Element} [within] @returns {HTMLElement} */
  part(name, within = this.element) { return /** @type {HTMLElement} */ (within.querySelector(`[data-part=${name}]`)); }

  /** @param {string} code */
  words(code) { return this.element.querySelector(`[data-words="${code}"]`)?.textContent ?? ""; }

  /** @param {string} device @param {string} code */
  setProblem(device, code) {
    if (code) this.problems[device] = code;
    else delete this.problems[device];
    const place = this.part("problem", this.place(device));
    const text = code && this.words(code);
    if (place.textContent !== text) place.textContent = text;
    this.place(device).classList.toggle("device--problem", Boolean(code));
    this.sayWayOn();
  }

  /** Nobody is stopped here: whatever is missing, there is a way on. */
  sayWayOn() {
    const { audio, video } = this.media.tracks;
    const both = this.problems.camera || this.problems.speaker ? "" : this.heardVoice ? "all_fine" : "almost";
    const code = audio && video ? both : audio ? "no_camera" : video ? "no_microphone" : "nothing";
    const text = code && this.words(code);
    const place = this.part("way-on");
    if (place.textContent !== text) place.textContent = text;
  }

  show() {
    const { audio, video } = this.media.tracks;
    this.video.srcObject = video ? new MediaStream([video]) : null;
    void this.video.play().catch(() => {});
    this.part("no-picture").hidden = Boolean(video);
    this.listen(audio);
    this.sayWayOn();
  }

  /** @param {MediaStreamTrack | null} track */
  listen(track) {
    this.source?.disconnect();
    this.source = null;
    if (!track) return;
    this.context ??= new AudioContext();
    this.analyser ??= Object.assign(this.context.createAnalyser(), { fftSize: 1024 });
    this.source = this.context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(this.analyser);
    void this.context.resume().catch(() => {});
  }

  hear() {
    if (!this.analyser || !this.source) return;
    const samples = new Float32Array(this.analyser.fftSize);
    this.analyser.getFloatTimeDomainData(samples);
    const sum = samples.reduce((total, sample) => total + sample * sample, 0);
    // Speech at arm's length has a root mean square of about 0.1; three times that fills the bar.
    this.meter?.component?.level(Math.min(1, Math.sqrt(sum / samples.length) * 3));
  }

  look() {
    if (!this.media.tracks.video) return;
    const picture = this.probe.look("own", this.video);
    this.blackLooks = picture?.black ? this.blackLooks + 1 : 0;
    if (this.blackLooks === BLACK_LOOKS) this.setProblem("camera", "picture_black");
    else if (picture && !picture.black && this.problems.camera === "picture_black") this.setProblem("camera", "");
  }

  async listDevices() {
    const found = await devices();
    for (const device of /** @type {const} */ (["camera", "microphone"])) {
      const place = this.part("choose", this.place(device));
      const select = /** @type {HTMLSelectElement} */ (place.querySelector("select"));
      const now = this.media.tracks[device === "camera" ? "video" : "audio"]?.getSettings().deviceId;
      select.replaceChildren(...found[device].map(({ deviceId, label }, index) => new Option(label || `${index + 1}`, deviceId, false, deviceId === now)));
      // One device is no choice.
      place.hidden = found[device].length < 2;
    }
  }

  /** @param {Event} event */
  choose(event) {
    const select = /** @type {HTMLSelectElement} */ (event.target);
    const device = select.closest("[data-device]")?.getAttribute("data-device");
    if (device === "camera" || device === "microphone") void this.media.choose(device, select.value);
  }

  /** @param {Event} event */
  press(event) {
    void this.context?.resume().catch(() => {});
    switch (/** @type {Element} */ (event.target).closest("[data-action]")?.getAttribute("data-action")) {
      case "play": return void this.play();
      case "heard": return this.answer(true);
      case "not-heard": return this.answer(false);
      case "again": return void this.media.retry().then(() => this.listDevices());
      default: return undefined;
    }
  }

  async play() {
    this.voice ??= new Audio(this.element.dataset.voice);
    this.voice.currentTime = 0;
    await this.voice.play().catch(() => {});
    for (const part of ["ask", "answers"]) this.part(part).hidden = false;
  }

  /** @param {boolean} heard */
  answer(heard) {
    for (const [action, pressed] of /** @type {const} */ ([["heard", heard], ["not-heard", !heard]])) {
      this.element.querySelector(`[data-action=${action}]`)?.setAttribute("aria-pressed", String(pressed));
    }
    this.heardVoice = heard;
    this.setProblem("speaker", heard ? "" : "not_heard");
  }

  close() {
    for (const timer of this.timers) clearInterval(timer);
    this.media.close();
    void this.context?.close();
  }
}
