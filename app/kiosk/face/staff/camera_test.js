// The terminal's own picture, for a host who tests it.

import { OwnMedia } from "../../../conversations/call/media.js";
import { showProblem } from "./problem.js";

export default class CameraTest {
  /** @param {HTMLElement} element */
  constructor(element) {
    const video = /** @type {HTMLVideoElement} */ (element.querySelector("video"));
    const none = /** @type {HTMLElement} */ (element.querySelector(".staff-picture__none"));
    const media = new OwnMedia({ camera: true, microphone: false });
    media.addEventListener("tracks", () => {
      const track = media.tracks.video;
      none.hidden = Boolean(track);
      video.srcObject = track ? new MediaStream([track]) : null;
      void video.play().catch(() => {});
    });
    media.addEventListener("lack", (event) => {
      const { device, lack } = /** @type {CustomEvent} */ (event).detail;
      if (device === "camera") showProblem(element, lack);
    });
    addEventListener("pagehide", () => media.close());
    void media.renew();
  }
}
