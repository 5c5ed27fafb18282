// Shapes of what goes over the wire, for the type checker only; docs/signalling.md is the text that counts.

/**
 * @typedef {object} Participant
 * @property {string} id Names the seat, and so the participant.
 * @property {number} number 1 to 4; the higher of two is the polite one.
 * @property {string} name
 * @property {"citizen" | "employee" | "interpreter" | "relative"} role
 * @property {"waiting" | "connected" | "away"} presence
 * @property {boolean} admitted
 * @property {string | null} epoch New with every page load; null while away.
 * @property {boolean} microphone
 * @property {boolean} camera
 * @property {boolean} sound_only The line is poor: no picture is sent.
 * @property {boolean} reads
 * @property {boolean} agrees
 * @property {boolean} captioned Sends sound for captions now: always shown.
 * @property {string} caption_language
 * @property {string} spoken_language
 * @property {string | null} trouble
 * @property {number | null} [text_size] Percent, as the page is read; employees and the owner are told.
 */

/** @typedef {{send: boolean, readers: string[]}} SoundOrder */

/** @typedef {{microphone: boolean, camera: boolean, sound_only: boolean}} MediaState */

/** @typedef {{reads: boolean, language: string, agrees: boolean, spoken_language: string}} CaptionChoice */

/** @typedef {{from: string, utterance: number, text: string, final: boolean, language: string}} CaptionLine */

/** @typedef {{from: string, line: number, text: string, done: boolean}} TypedLine */

/** @typedef {"machine" | "phrase" | "lost" | "missing" | "fixture"} TranslationState */

/** @typedef {{from: string, of: "caption" | "typing", line: number, source: string, language: string, text: string | null, state: TranslationState}} TranslatedLine */

/** @typedef {{hear: boolean, read: string[], speak: boolean}} Ability read: the languages that can be translated into it. */

/**
 * @typedef {object} Frame What the server sends; which fields are there depends on the type.
 * @property {string} type
 * @property {string} [from]
 * @property {string} [you]
 * @property {string} [role]
 * @property {Participant[]} [participants]
 * @property {RTCIceServer[]} [ice_servers]
 * @property {RTCIceTransportPolicy} [ice_transport_policy]
 * @property {string[]} [caption_languages]
 * @property {Record<string, Ability>} [abilities] What works for each language now.
 * @property {string[]} [may]
 * @property {SoundOrder} [sound]
 * @property {any} [participant] A whole Participant, or the id of one who left.
 * @property {RTCSessionDescriptionInit} [description]
 * @property {RTCIceCandidateInit | null} [candidate]
 * @property {boolean} [send]
 * @property {string[]} [readers]
 * @property {string} [by]
 * @property {string} [state]
 * @property {string} [code]
 * @property {string} [text]
 * @property {boolean} [fatal]
 */

export {};
