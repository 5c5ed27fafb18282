// The owner's sound, to the captions and nowhere else: only while the server orders it and the microphone is on.

const RATE_HZ = 16_000;
const RECONNECT_MS = 1000;
const BUSY_MS = 4000;
/** docs/signalling.md, close codes. */
const FINAL_CODES = new Set([1000, 4400, 4401, 4403, 4404, 4409, 4410, 4415]);
const BUSY_CODES = new Set([1013, 4429]);
/**
 * Sound that waits longer than four seconds in the socket is too late for a caption; the server takes ten at once. Less
 * would cut holes into a sentence each time that a busy page stands still for a moment.
 */
const BACKLOG_PCM_BYTES = 128_000;
const OPUS_BPS = 24_000;
/** Frames of 60 ms in one message while others still wait: a busy device is short of messages, not of bytes. */
const MOST_TOGETHER = 3;
/** Frames dropped before the socket is empty again: one busy moment is no poor line. */
const MOST_LATE = 33;
/** Frames that wait for the encoder. More: the device is too busy to make Opus; plain sound costs it nothing. */
const MOST_UNENCODED = 16;
/** After the microphone goes off, some silence still goes out, so that the last sentence becomes final. */
const TAIL_FRAMES = 25;
/** A level under this for as long as we look is no quiet room but a dead microphone; real rooms hiss. */
export const DEAD_LEVEL = 0.0004;

/** @returns {Promise<boolean>} whether this browser can make Opus packets (WebCodecs). */
async function canOpus() {
  if (!("AudioEncoder" in globalThis)) return false;
  const config = { codec: "opus", sampleRate: RATE_HZ, numberOfChannels: 1, bitrate: OPUS_BPS };
  return (await AudioEncoder.isConfigSupported(config).catch(() => null))?.supported === true;
}

/** @param {ArrayBuffer[]} frames */
function joined(frames) {
  const bytes = new Uint8Array(frames.reduce((length, { byteLength }) => length + byteLength, 0));
  let at = 0;
  for (const frame of frames) {
    bytes.set(new Uint8Array(frame), at);
    at += frame.byteLength;
  }
  return bytes;
}

/** Events: "sending" (detail: boolean), shown to the owner for as long as it is true. */
export class CaptionSoundSender extends EventTarget {
  /** Loudest sample since it was last read, 0 to 1. */ peak = 0;
  /** How loud the owner is now, 0 to 1. */ level = 0;
  /** @type {AudioContext | null} */ #context = null;
  /** @type {MediaStreamAudioSourceNode | null} */ #source = null;
  /** @type {AudioWorkletNode | null} */ #worklet = null;
  /** @type {WebSocket | null} */ #socket = null;
  /** @type {AudioEncoder | null} */ #encoder = null;
  /** @type {MediaStreamTrack | null} */ #track = null;
  #ordered = false;
  #poor = false;
  #late = 0;
  /** @type {ArrayBuffer[]} */ #held = [];
  #canEncode = true;
  #sending = false;
  #language = "nl";
  #tail = 0;
  #clockUs = 0;
  #building = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #retry;

  /** @param {string} url Of the sound socket. @param {string} workletUrl */
  constructor(url, workletUrl) {
    super();
    this.url = url;
    this.workletUrl = workletUrl;
  }

  /** @param {MediaStreamTrack | null} track */
  setTrack(track) {
    if (track === this.#track) return;
    this.#track = track;
    this.#building = this.#building.then(() => this.#listen()).catch((error) => {
      console.warn("call: no sound for captions", error.name);
    });
  }

  /** @param {boolean} ordered The server's word: somebody reads, and the owner agreed. */
  setOrdered(ordered) {
    this.#ordered = ordered;
    this.#align();
  }

  /** @param {string} language What the owner speaks. */
  setLanguage(language) {
    if (language === this.#language) return;
    this.#language = language;
    this.#hangUp();
    this.#align();
  }

  /** A poor line carries 24 kbit/s of Opus instead of 256 of plain sound. @param {boolean} poor */
  setPoor(poor) {
    if (poor === this.#poor) return;
    this.#poor = poor;
    this.#canEncode = true;
    this.#hangUp();
    this.#align();
  }

  /** Browsers start sound only after a touch; called at each one until it runs. */
  async wake() { if (this.#context?.state === "suspended") await this.#context.resume().catch(() => {}); }

  get listens() { return this.#source !== null; }

  get asleep() { return this.#context?.state === "suspended"; }

  async #listen() {
    this.#source?.disconnect();
    this.#source = null;
    if (!this.#track) return;
    if (!this.#context) await this.#build();
    const context = /** @type {AudioContext} */ (this.#context);
    this.#source = context.createMediaStreamSource(new MediaStream([this.#track]));
    this.#source.connect(/** @type {AudioWorkletNode} */ (this.#worklet));
    void this.wake();
  }

  async #build() {
    // Nothing is played here. Without a loudspeaker behind it, four people's browsers on two cores have a tenth of their
    // time back; a browser that does not know sinkId leaves it out.
    const context = new AudioContext(/** @type {any} */ ({ latencyHint: "playback", sinkId: { type: "none" } }));
    await context.audioWorklet.addModule(this.workletUrl);
    this.#worklet = new AudioWorkletNode(context, "caption-sound", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    this.#worklet.port.onmessage = ({ data }) => this.#take(data);
    this.#context = context;
  }

  /** @param {ArrayBuffer} frame */
  #take(frame) {
    const samples = new Int16Array(frame);
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    this.level = peak / 32_768;
    this.peak = Math.max(this.peak, this.level);
    const speaking = Boolean(this.#track?.enabled);
    this.#tail = speaking ? TAIL_FRAMES : Math.max(0, this.#tail - 1);
    this.#show(speaking && this.#socket?.readyState === WebSocket.OPEN);
    if (!this.#tail || this.#socket?.readyState !== WebSocket.OPEN) return;
    if (this.#encoder) this.#encode(samples);
    else this.#sendPlain(this.#socket, frame);
  }

  /** @param {WebSocket} socket @param {ArrayBuffer} frame */
  #sendPlain(socket, frame) {
    if (!socket.bufferedAmount) this.#late = 0;
    if (socket.bufferedAmount < BACKLOG_PCM_BYTES) {
      this.#held.push(frame);
      if (socket.bufferedAmount && this.#held.length < MOST_TOGETHER) return;
      socket.send(joined(this.#held));
      this.#held = [];
    } else if (++this.#late >= MOST_LATE) this.setPoor(true);
  }

  /** @param {Int16Array<ArrayBuffer>} samples */
  #encode(samples) {
    if (this.#encoder?.state !== "configured") return;
    if (this.#encoder.encodeQueueSize > MOST_UNENCODED) return this.#stayPlain();
    const data = new AudioData({
      format: "s16", sampleRate: RATE_HZ, numberOfFrames: samples.length, numberOfChannels: 1, timestamp: this.#clockUs, data: samples,
    });
    this.#clockUs += Math.round(samples.length / RATE_HZ * 1_000_000);
    this.#encoder.encode(data);
    data.close();
  }

  /** Until the line changes. */
  #stayPlain() {
    this.#canEncode = false;
    this.#hangUp();
    this.#align();
  }

  #align() {
    if (!this.#ordered) return this.#hangUp();
    if (!this.#socket) void this.#call();
  }

  async #call() {
    clearTimeout(this.#retry);
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    const opus = this.#poor && this.#canEncode && await canOpus();
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return;
      this.#hangUp();
      // Refused, or taken over: the server's next order decides, not we.
      if (FINAL_CODES.has(code)) this.#ordered = false;
      const delay = BUSY_CODES.has(code) ? BUSY_MS : RECONNECT_MS;
      if (this.#ordered) this.#retry = setTimeout(() => this.#align(), delay);
    };
    const open = () => {
      if (socket !== this.#socket) return;
      socket.send(JSON.stringify({ type: "open", encoding: opus ? "opus" : "pcm", language: this.#language }));
      if (opus) this.#startEncoder(socket);
    };
    if (socket.readyState === WebSocket.OPEN) open();
    else socket.onopen = open;
  }

  /** @param {WebSocket} socket */
  #startEncoder(socket) {
    this.#encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new ArrayBuffer(chunk.byteLength);
        chunk.copyTo(packet);
        if (socket.readyState === WebSocket.OPEN) socket.send(packet);
      },
      error: () => this.#stayPlain(),
    });
    this.#encoder.configure({ codec: "opus", sampleRate: RATE_HZ, numberOfChannels: 1, bitrate: OPUS_BPS });
  }

  #hangUp() {
    clearTimeout(this.#retry);
    this.#late = 0;
    this.#held = [];
    const socket = this.#socket;
    this.#socket = null;
    if (this.#encoder && this.#encoder.state !== "closed") this.#encoder.close();
    this.#encoder = null;
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "close" }));
    socket?.close();
    this.#show(false);
  }

  /** @param {boolean} sending */
  #show(sending) {
    if (sending === this.#sending) return;
    this.#sending = sending;
    this.dispatchEvent(new CustomEvent("sending", { detail: sending }));
  }

  close() {
    this.#ordered = false;
    this.#hangUp();
    this.#source?.disconnect();
    void this.#context?.close();
  }
}
