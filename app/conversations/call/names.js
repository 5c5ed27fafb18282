// Names inside sentences.

/** Isolates keep a name in another script from turning the sentence around it (UAX #9). @param {string} name */
export const isolated = (name) => `\u2068${name}\u2069`;

/** "nl" in English: "Dutch". @param {string} language @param {string} reader */
export function languageName(language, reader) {
  try { return new Intl.DisplayNames([reader], { type: "language" }).of(language) ?? language; } catch { return language; }
}
