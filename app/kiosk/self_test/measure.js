// How good a call to the echo is: picture, sound, loss and delay, from the browser's own figures.

import { PictureProbe } from "../../conversations/call/diagnosis.js";

/** @typedef {{picture: boolean, sound: boolean, loss: number, delay_ms: number, failed: string}} Result As it is told. */
/** @typedef {{frames: number, energy: number, heard_s: number, lost: number, received: number, delay_ms: number | null}} Facts */

const FEWEST_FRAMES = 10;
/** Of the player: Chromium's figure for what came is taken after it. */
export const VOLUME = 0.1;
/** Mean square: -60 dB of full scale. A microphone that is dead or muted gives zeros; a living one with a tone in the room far more. */
const LEAST_SOUND = 1e-6;
const LOOK_MS = 250;
const LEAST_LOOKS = 20;
/** A slow machine may need some seconds before its first picture. */
const MOST_LOOKS = 48;

/** @param {RTCPeerConnection} connection @returns {Promise<Facts>} totals since the call began */
async function facts(connection) {
  /** @type {Facts} */ const all = { frames: 0, energy: 0, heard_s: 0, lost: 0, received: 0, delay_ms: null };
  for (const report of (await connection.getStats()).values()) {
    if (report.type === "inbound-rtp") {
      all.lost += report.packetsLost ?? 0;
      all.received += report.packetsReceived ?? 0;
      all.frames += report.framesDecoded ?? 0;
      all.energy += report.totalAudioEnergy ?? 0;
      all.heard_s += report.totalSamplesDuration ?? 0;
    } else if (report.type === "candidate-pair" && report.nominated && report.currentRoundTripTime !== undefined) {
      all.delay_ms = report.currentRoundTripTime * 1000;
    }
  }
  return all;
}

/**
 * Measures for 5 s, and longer when a picture or sound that is expected has not come.
 * @param {RTCPeerConnection} connection It is connected.
 * @param {HTMLVideoElement} video Shows what comes back.
 * @param {{picture: boolean, sound: boolean}} expected
 * @returns {Promise<Omit<Result, "failed">>}
 */
export async function measure(connection, video, expected) {
  const probe = new PictureProbe();
  const before = await facts(connection);
  let now = before, delay_ms = before.delay_ms ?? 0, seen = false;
  const sent = () => {
    const heard_s = now.heard_s - before.heard_s;
    return {
      picture: expected.picture && seen && now.frames - before.frames >= FEWEST_FRAMES,
      sound: expected.sound && heard_s > 0 && (now.energy - before.energy) / heard_s / VOLUME ** 2 >= LEAST_SOUND,
    };
  };
  for (let look = 0; look < MOST_LOOKS && connection.connectionState === "connected"; look++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    seen = probe.look("echo", video)?.black === false || seen;
    now = await facts(connection);
    delay_ms = now.delay_ms ?? delay_ms;
    const { picture, sound } = sent();
    if (look >= LEAST_LOOKS && picture === expected.picture && sound === expected.sound) break;
  }
  const lost = Math.max(0, now.lost - before.lost), received = now.received - before.received;
  // Nothing that came at all is no good line either.
  return { ...sent(), loss: received > 0 ? lost / (lost + received) : 1, delay_ms };
}
