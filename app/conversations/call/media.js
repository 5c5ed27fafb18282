// The owner's own camera and microphone: asked for kindly, switched, replaced when pulled out, and honest about trouble.

import { keep, kept } from "./kept.js";

/** @typedef {"camera" | "microphone"} Device */
/** @typedef {"refused" | "missing" | "in_use"} Lack Why a device gives nothing. */

/** 640x360 carries a signing interpreter at our bitrates; more only costs frames (EN 301 549 6.5.2 asks 320x240). */
const PICTURE = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24, max: 30 } };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** @type {Record<string, Lack>} */
const LACK_BY_ERROR = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "in_use",
  AbortError: "in_use",
};

/** Device choices of this visit, so that the call uses what the device check chose. Only ids, no labels. */
const KEPT = { camera: "wijkbalie.camera", microphone: "wijkbalie.microphone" };

/** @param {Device} device */
export function keptDevice(device) {
  return kept(KEPT[device]) ?? undefined;
}

/** @param {Device} device @param {string} id */
export function keepDevice(device, id) {
  keep(KEPT[device], id);
}

/** Events: "tracks" (send anew), "lack" (detail {device, lack|null}). */
export class OwnMedia extends EventTarget {
  /** One stream for as long as the page lives: its id keeps lips and voice together at the others. */
  stream = new MediaStream();
  /** @type {{camera: boolean, microphone: boolean}} What the owner wants on. */ wanted;
  /** @type {{camera: Lack | null, microphone: Lack | null}} */ lacks = { camera: null, microphone: null };
  /** A background may stand between camera and call: it takes the camera's track and gives another.
   * @type {((track: MediaStreamTrack) => Promise<MediaStreamTrack>) | null} */ dress = null;
  /** @type {MediaStreamTrack | null} */ #raw = null;
  /** @type {MediaStreamTrack | null} */ #video = null;
  /** @type {MediaStreamTrack | null} */ #audio = null;
  /** @type {"user" | "environment"} */ facing = "user";
  #closed = false;

  /** @param {{camera: boolean, microphone: boolean}} wanted */
  constructor(wanted) {
    super();
    this.wanted = { ...wanted };
    this.pluggedIn = () => this.#replaceLost();
  }

  /** What is sent now; a picture that is off is no track at all. */
  get tracks() { return { audio: this.#audio, video: this.#video }; }

  /** What others should believe of us. */
  get sending() {
    return { camera: Boolean(this.#video), microphone: Boolean(this.#audio?.enabled) };
  }

  /** Asks for both at once (one question to the person); apart when that fails, to learn which one it is. */
  async start() {
    navigator.mediaDevices?.addEventListener("devicechange", this.pluggedIn);
    if (this.wanted.camera && this.wanted.microphone && await this.#both()) return;
    await Promise.all([this.#get("microphone"), this.wanted.camera ? this.#get("camera") : undefined]);
  }

  async #both() {
    try {
      const got = await navigator.mediaDevices.getUserMedia({ audio: this.#constraints("microphone"), video: this.#constraints("camera") });
      await this.#keep("microphone", got.getAudioTracks()[0] ?? null);
      await this.#keep("camera", got.getVideoTracks()[0] ?? null);
      return true;
    } catch { return false; }
  }

  /** @param {Device} device @returns {MediaTrackConstraints} */
  #constraints(device) {
    const id = keptDevice(device);
    if (device === "microphone") return { ...SOUND, ...(id && { deviceId: { ideal: id } }) };
    return { ...PICTURE, ...(id ? { deviceId: { ideal: id } } : { facingMode: { ideal: this.facing } }) };
  }

  /** @param {Device} device */
  async #get(device) {
    const want = this.#constraints(device);
    try {
      const got = await navigator.mediaDevices.getUserMedia(device === "camera" ? { video: want } : { audio: want });
      await this.#keep(device, got.getTracks()[0] ?? null);
    } catch (error) {
      await this.#keep(device, null, LACK_BY_ERROR[/** @type {Error} */ (error).name] ?? "missing");
    }
  }

  /** @param {Device} device @param {MediaStreamTrack | null} track @param {Lack | null} [lack] */
  async #keep(device, track, lack = null) {
    if (this.#closed) return track?.stop();
    if (track) track.onended = () => this.#ended(device, track);
    if (device === "microphone") {
      this.#audio?.stop();
      this.#audio = track;
      if (track) track.enabled = this.wanted.microphone;
    } else {
      this.#stopVideo();
      this.#raw = track;
      if (track) track.contentHint = "motion";
      this.#video = track && await this.#dressed(track);
    }
    this.#tell(device, lack);
  }

  /** @param {Device} device @param {Lack | null} lack */
  #tell(device, lack) {
    for (const old of this.stream.getTracks()) this.stream.removeTrack(old);
    for (const track of Object.values(this.tracks)) if (track) this.stream.addTrack(track);
    this.lacks[device] = lack;
    this.dispatchEvent(new CustomEvent("lack", { detail: { device, lack } }));
    this.dispatchEvent(new Event("tracks"));
  }

  /** Pulled out, or taken by the system. @param {Device} device @param {MediaStreamTrack} track */
  #ended(device, track) {
    if (track !== this.#raw && track !== this.#audio) return;
    // Another device may be there at once: a headset pulled out leaves the built-in microphone.
    void this.#get(device);
  }

  #replaceLost() {
    if (this.lacks.microphone) void this.#get("microphone");
    if (this.lacks.camera && this.wanted.camera) void this.#get("camera");
  }

  /** Tries again what is missing, after a person gave permission or plugged something in. */
  async retry() {
    await Promise.all([
      this.lacks.microphone && this.#get("microphone"),
      this.wanted.camera && (this.lacks.camera || !this.#video) && this.#get("camera"),
    ]);
  }

  /** Gets the camera anew though it seems to work: for a black or frozen picture. */
  async renew() { if (this.wanted.camera) await this.#get("camera"); }

  /** The same for a microphone that gives no sound at all. */
  async renewMicrophone() { await this.#get("microphone"); }

  /** Off really stops the camera: its light goes out. @param {boolean} on */
  async setCamera(on) {
    this.wanted.camera = on;
    if (on) return this.#get("camera");
    this.#stopVideo();
    this.#tell("camera", null);
  }

  /** Only silences: a microphone must be back within a syllable. @param {boolean} on */
  async setMicrophone(on) {
    this.wanted.microphone = on;
    if (on && !this.#audio) return this.#get("microphone");
    if (this.#audio) this.#audio.enabled = on;
    this.dispatchEvent(new Event("tracks"));
  }

  /** @param {Device} device @param {string} id */
  async choose(device, id) {
    keepDevice(device, id);
    if (device === "camera") this.#stopVideo();
    await this.#get(device);
  }

  /** Front to back, or to the next camera of a desk. */
  async flipCamera() {
    const before = this.#raw?.getSettings();
    const cameras = (await devices()).camera;
    this.wanted.camera = true;
    // Many phones open one camera at a time: the first must stop before the second can start.
    this.#stopVideo();
    if (before?.facingMode) {
      this.facing = before.facingMode === "environment" ? "user" : "environment";
      keep(KEPT.camera, null);
      return this.#get("camera");
    }
    const index = cameras.findIndex((camera) => camera.deviceId === before?.deviceId);
    const next = cameras[(index + 1) % cameras.length];
    return next ? this.choose("camera", next.deviceId) : this.#get("camera");
  }

  /** @param {MediaStreamTrack} track */
  async #dressed(track) {
    this.dressFailed = false;
    if (!this.dress) return track;
    try { return await this.dress(track); } catch {
      this.dressFailed = true;
      return track;
    }
  }

  /** Puts the present camera behind another background. */
  async redress() {
    if (!this.#raw || this.#raw.readyState !== "live") return;
    const before = this.#video;
    this.#video = await this.#dressed(this.#raw);
    if (before !== this.#raw && before !== this.#video) before?.stop();
    this.#tell("camera", null);
  }

  #stopVideo() {
    this.#video?.stop();
    this.#raw?.stop();
    this.#video = this.#raw = null;
  }

  close() {
    this.#closed = true;
    navigator.mediaDevices?.removeEventListener("devicechange", this.pluggedIn);
    this.#stopVideo();
    this.#audio?.stop();
    this.#audio = null;
  }
}

/** Cameras, microphones and speakers; names are empty until permission is given. */
export async function devices() {
  const all = await navigator.mediaDevices?.enumerateDevices?.().catch(() => []) ?? [];
  /** @param {MediaDeviceKind} kind */
  const of = (kind) => all.filter((device) => device.kind === kind && device.deviceId !== "communications");
  return { camera: of("videoinput"), microphone: of("audioinput"), speaker: of("audiooutput") };
}
