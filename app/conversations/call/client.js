// The call: who is there, what is sent, what comes in. Knows no page; the page listens to its events.

import { Signalling } from "./signalling.js";
import { Peer } from "./peer.js";
import { OwnMedia } from "./media.js";
import { SOUND_ONLY } from "./quality.js";
import { CaptionSoundSender, DEAD_LEVEL } from "./sound.js";
import { Diagnosis, PictureProbe } from "./diagnosis.js";

/** @typedef {import("./types.js").Participant} Participant */
/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").CaptionChoice} CaptionChoice */
/** @typedef {import("./types.js").Ability} Ability */
/**
 * @typedef {object} Settings
 * @property {string} url Signalling socket.
 * @property {string} soundUrl Caption sound socket.
 * @property {string} workletUrl
 * @property {CaptionChoice} choice
 * @property {string} language Of the page.
 * @property {number} textSize Of the page, in percent.
 * @property {{camera: boolean, microphone: boolean}} wanted
 */

const LOOK_MS = 2000;
const LEVEL_MS = 200;
const FACES_FIRST_MS = 1500;
/** A lost line shorter than this is mended before anyone could read about it. */
const GONE_PATIENCE_MS = 1500;

const randomName = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");

/**
 * Events (detail): "welcome", "participant" (Participant), "left" (id), "stream" (id), "own" (the owner's media
 * changed), "levels" (Map of id to 0..1), "caption", "caption_state", "typing", "translation", "other_language", "hint"
 * (frames), "sound" (SoundOrder),
 * "sending" (boolean), "muted" (id of who did it), "trouble" (Trouble or null), "problem" (an error frame that
 * closes nothing), "stopped" (why).
 */
export class CallClient extends EventTarget {
  epoch = randomName();
  you = "";
  /** @type {string[]} */ may = [];
  /** @type {Map<string, Participant>} */ participants = new Map();
  /** @type {Map<string, Peer>} */ peers = new Map();
  /** @type {string[]} */ captionLanguages = [];
  /** @type {Record<string, Ability>} */ abilities = {};
  diagnosis = new Diagnosis();
  #probe = new PictureProbe();
  /** How others are reached. @type {RTCConfiguration} */ #ways = {};
  /** @type {Map<string, HTMLVideoElement>} */ #watched = new Map();
  /** @type {ReturnType<typeof setInterval>[]} */ #timers = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #goneTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #ears;
  #line = Date.now();
  /** @type {string | null} */ #toldTrouble = null;
  #told = "";
  #stopped = false;
  #wasAsleep = false;

  /** @param {Settings} settings */
  constructor(settings) {
    super();
    this.settings = settings;
    this.choice = { ...settings.choice };
    this.media = new OwnMedia(settings.wanted);
    this.sound = new CaptionSoundSender(settings.soundUrl, settings.workletUrl);
    this.signalling = new Signalling(settings.url, () => ({
      epoch: this.epoch, state: this.#state(),
      view: { language: settings.language, spoken_language: this.choice.spoken_language, text_size: settings.textSize },
    }));
    this.#listen();
  }

  #listen() {
    const { media, sound, signalling, diagnosis } = this;
    signalling.addEventListener("frame", (event) => this.#take(/** @type {CustomEvent<Frame>} */ (event).detail));
    signalling.addEventListener("gone", () => {
      this.#goneTimer = setTimeout(() => diagnosis.set("server_gone", true), GONE_PATIENCE_MS);
    });
    signalling.addEventListener("back", () => {
      clearTimeout(this.#goneTimer);
      diagnosis.set("server_gone", false);
    });
    signalling.addEventListener("stopped", (event) => this.#stop(/** @type {CustomEvent<string>} */ (event).detail));
    media.addEventListener("tracks", () => {
      this.#listenToOwn();
      for (const peer of this.peers.values()) peer.sendTracks();
      this.#tellState();
      this.#emit("own");
    });
    media.addEventListener("lack", (event) => {
      const { device, lack } = /** @type {CustomEvent} */ (event).detail;
      diagnosis.lack(device, lack);
    });
    sound.addEventListener("sending", (event) => this.#emit("sending", /** @type {CustomEvent<boolean>} */ (event).detail));
    diagnosis.addEventListener("change", () => {
      this.#tellTrouble();
      this.#emit("trouble", diagnosis.worst);
    });
  }

  /** For captions and levels, once somebody's face can be there: until then the device has enough to do. */
  #listenToOwn() {
    clearTimeout(this.#ears);
    const met = [...this.peers.values()].some(({ connectedAt }) => connectedAt !== null);
    this.#ears = setTimeout(() => this.sound.setTrack(this.media.tracks.audio), met ? 0 : FACES_FIRST_MS);
  }

  /** Joins at once and asks for the camera meanwhile: whoever is seen later can already see. */
  start() {
    this.signalling.open();
    this.#timers.push(setInterval(() => void this.#look(), LOOK_MS), setInterval(() => this.#hearLevels(), LEVEL_MS));
    return this.media.start();
  }

  /** @param {string} name @param {any} [detail] */
  #emit(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  /** @returns {Participant | undefined} */
  get me() { return this.participants.get(this.you); }

  #state() {
    const { camera, microphone } = this.media.sending;
    return { microphone, camera, sound_only: camera && this.peers.size > 0 && [...this.peers.values()].every((peer) => peer.ladder.rung === SOUND_ONLY) };
  }

  #tellState() {
    const state = this.#state();
    const text = JSON.stringify(state);
    if (text !== this.#told && this.signalling.send("state", state)) this.#told = text;
  }

  #tellTrouble() {
    const code = this.diagnosis.own;
    if (code !== this.#toldTrouble && this.signalling.send("trouble", { code })) this.#toldTrouble = code;
  }

  /** @param {Frame} frame */
  #take(frame) {
    switch (frame.type) {
      case "welcome": return this.#welcome(frame);
      case "participant": return this.#meet(frame.participant, this.participants.get(frame.participant.id)?.presence !== "connected");
      case "left": return this.#part(frame.participant);
      case "offer": case "answer": return this.peers.get(frame.from ?? "")?.takeDescription(/** @type {any} */ (frame.description));
      case "candidate": return this.peers.get(frame.from ?? "")?.takeCandidate(frame.candidate ?? null);
      case "sound": return this.#orderSound(frame);
      case "muted":
        void this.media.setMicrophone(false);
        return this.#emit("muted", frame.by);
      case "error": return frame.fatal ? undefined : this.#emit("problem", frame);
      default: return this.#emit(frame.type, frame);
    }
  }

  /** @param {Frame} frame */
  #welcome(frame) {
    this.you = frame.you ?? "";
    this.may = frame.may ?? [];
    this.#ways = { iceServers: frame.ice_servers ?? [], iceTransportPolicy: frame.ice_transport_policy ?? "all" };
    this.captionLanguages = frame.caption_languages ?? [];
    this.abilities = frame.abilities ?? {};
    const there = new Set(frame.participants?.map(({ id }) => id));
    for (const id of this.participants.keys()) if (!there.has(id)) this.#part(id);
    // The hello said our state as it was when the socket opened; say again what changed since.
    this.#told = "";
    this.#toldTrouble = null;
    // All names first: who is polite to whom depends on our own number.
    for (const participant of frame.participants ?? []) this.participants.set(participant.id, participant);
    for (const participant of frame.participants ?? []) this.#meet(participant, true);
    this.#tellState();
    this.#tellTrouble();
    this.signalling.send("caption_choice", this.choice);
    this.#orderSound(frame.sound ?? { send: false, readers: [] });
    this.#emit("welcome");
  }

  /** @param {Participant} participant @param {boolean} isBack They, or we, come (back) on the line. */
  #meet(participant, isBack) {
    this.participants.set(participant.id, participant);
    if (participant.id !== this.you) this.#connect(participant, isBack);
    this.#boundPictures();
    this.#emit("participant", participant);
  }

  /** @param {Participant} participant @param {boolean} isBack */
  #connect(participant, isBack) {
    if (participant.presence !== "connected") return;
    const before = this.peers.get(participant.id);
    if (before?.epoch === participant.epoch) return isBack ? before.resume() : undefined;
    before?.close();
    const polite = (this.me?.number ?? 0) > participant.number;
    const peer = new Peer(participant, polite, this.#ways, this.media.stream, () => this.media.tracks);
    this.peers.set(participant.id, peer);
    peer.addEventListener("signal", (event) => {
      const { type, body } = /** @type {CustomEvent} */ (event).detail;
      this.signalling.send(type, { to: participant.id, epoch: participant.epoch, ...body });
    });
    peer.addEventListener("stream", () => this.#emit("stream", participant.id));
    peer.addEventListener("state", () => {
      if (peer.connected) this.#listenToOwn();
      this.#emit("state", participant.id);
    });
    peer.addEventListener("quality", () => this.#feelLine());
    peer.addEventListener("route", (event) => {
      this.diagnosis.set("no_route", !(/** @type {CustomEvent<boolean>} */ (event).detail), participant.id);
    });
    this.#emit("stream", participant.id);
  }

  /** @param {string} id */
  #part(id) {
    this.peers.get(id)?.close();
    this.peers.delete(id);
    this.participants.delete(id);
    this.#watched.delete(id);
    this.diagnosis.forget(id);
    this.#boundPictures();
    this.#feelLine();
    this.#emit("left", id);
  }

  /** By all who were let in: pictures shrink while somebody is on the way, not when everybody is busy with the first offers. */
  #boundPictures() {
    const people = [...this.participants.values()].filter(({ admitted }) => admitted).length;
    for (const peer of this.peers.values()) peer.setPeople(people);
  }

  /** @param {{send?: boolean, readers?: string[]}} order */
  #orderSound({ send = false, readers = [] }) {
    this.sound.setLanguage(this.choice.spoken_language);
    this.sound.setOrdered(send);
    this.#emit("sound", { send, readers });
  }

  /** Says it when the line became too poor for a picture to somebody, and when it is better again. */
  #feelLine() {
    const rungs = [...this.peers.values()].map((peer) => peer.ladder.rung);
    this.diagnosis.set("line_poor", this.media.wanted.camera && rungs.includes(SOUND_ONLY));
    this.sound.setPoor(rungs.some((rung) => rung >= 2));
    this.#tellState();
  }

  /** The page shows this picture; the client looks whether it is black or frozen. @param {string} id @param {HTMLVideoElement} video */
  watch(id, video) { this.#watched.set(id, video); }

  async #look() {
    const { media, diagnosis } = this;
    const see = (/** @type {string} */ id) => {
      const video = this.#watched.get(id);
      return video ? this.#probe.look(id, video) : null;
    };
    // In a hidden tab pictures stop on purpose.
    const visible = document.visibilityState === "visible";
    const dead = media.sending.microphone && this.sound.listens && !this.sound.asleep && this.sound.peak < DEAD_LEVEL;
    this.sound.peak = 0;
    if (this.sound.asleep) void this.sound.wake();
    if (this.sound.asleep !== this.#wasAsleep) diagnosis.set("sound_blocked", this.sound.asleep);
    this.#wasAsleep = this.sound.asleep;
    diagnosis.lookAtOwn(visible && media.sending.camera ? see(this.you) : null, dead);
    for (const [id, peer] of this.peers) {
      const facts = await peer.look();
      const who = this.participants.get(id);
      if (who && visible && this.peers.get(id) === peer) diagnosis.lookAtOther(who, facts, see(id));
    }
  }

  #hearLevels() {
    const levels = new Map([[this.you, this.media.sending.microphone ? this.sound.level : 0]]);
    for (const [id, peer] of this.peers) levels.set(id, peer.level());
    this.#emit("levels", levels);
  }

  /** @param {Partial<CaptionChoice>} choice */
  choose(choice) {
    Object.assign(this.choice, choice);
    this.sound.setLanguage(this.choice.spoken_language);
    this.signalling.send("caption_choice", this.choice);
  }

  /** Whether what is said in source can be translated into language. @param {string} language @param {string} source */
  translates(language, source) { return this.abilities[language]?.read.includes(source) ?? false; }

  /** The owner does not speak the language that was heard: it is not asked again. @param {string} language */
  keepLanguage(language) { this.signalling.send("keep_language", { language }); }

  /** The whole line as it stands; an empty finished line is taken back. @param {string} text @param {boolean} done @param {string} [language] of the line, if not the spoken one */
  type(text, done, language) {
    const sent = this.signalling.send("typing", { line: this.#line, text, done, ...(language && { language }) });
    const line = this.#line;
    if (sent && done) this.#line += 1;
    return sent ? line : null;
  }

  /** @param {"admit" | "mute" | "remove"} what @param {string} participant */
  order(what, participant) { return this.signalling.send(what, { participant }); }

  /** Hints about the own words, to this page only. @param {boolean} on */
  coach(on) { return this.signalling.send("coach", { on }); }

  endForAll() { return this.signalling.send("end"); }

  /** Frees the place. */
  leave() {
    this.signalling.send("leave");
    this.#stop("left");
  }

  /** @param {string} why */
  #stop(why) {
    if (this.#stopped) return;
    this.#stopped = true;
    this.close();
    this.#emit("stopped", why);
  }

  /** Lets go of everything: the camera's light goes out. */
  close() {
    for (const timer of this.#timers) clearInterval(timer);
    clearTimeout(this.#goneTimer);
    clearTimeout(this.#ears);
    for (const peer of this.peers.values()) peer.close();
    this.peers.clear();
    this.sound.close();
    this.media.close();
    this.signalling.close();
  }
}
