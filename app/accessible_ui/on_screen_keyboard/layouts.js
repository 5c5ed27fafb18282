// Which keys there are. The order of each row is that of the keyboards people know, left to right in Arabic too.

const LATIN = {
  rows: ["q w e r t y u i o p", "a s d f g h j k l '", "z x c v b n m - . @"],
  more: ["á à â ä ã å æ ç č ć", "é è ê ë ę ě ğ í ï î", "ñ ń ó ö ô ø ő ú ü ș", "ş š ß ț ž ż ź ł ı ý"],
};

/** @type {Record<string, { rows: string[], more?: string[], cased: boolean }>} by language */
const LETTERS = {
  nl: { ...LATIN, cased: true },
  en: { ...LATIN, cased: true },
  ar: {
    rows: ["ض ص ث ق ف غ ع ه خ ح ج د", "ش س ي ب ل ا ت ن م ك ط ذ", "أ إ آ ء ئ ؤ ر ى ة و ز ظ"],
    more: ["َ ُ ِ ّ ْ ً ٌ ٍ", "پ چ ژ گ ڤ ک ی - . ،"],
    cased: false,
  },
  uk: { rows: ["й ц у к е н г ш щ з х ї", "ф і в а п р о л д ж є ґ", "я ч с м и т ь б ю ' - ."], cased: true },
};

const SIGNS = ["1 2 3 4 5 6 7 8 9 0", "@ . , - _ / : ; ( )", "! ? ' \" & + € # % ="];
const DIGITS = ["1 2 3", "4 5 6", "7 8 9"];
const FILLED_WITH_LATIN = ["email", "url", "password"];
const FILLED_WITH_DIGITS = ["tel", "number"];

/** Arabic where Arabic is read; Dutch letters serve every other language in Latin script. @param {string} language */
export function known(language) {
  return language in LETTERS ? language : "nl";
}

/** Languages one can go on to, the first one's own letters first. @param {string} first */
export function writings(first) {
  const latin = first === "en" ? "en" : "nl";
  return [first, ...[latin, "ar", "uk"].filter((each) => each !== first)];
}

/**
 * What a field is best filled in with: "digits", or the language of its letters.
 *
 * @param {HTMLInputElement | HTMLTextAreaElement} field @param {string} mode its inputmode @param {string} language
 */
export function fitting(field, mode, language) {
  const wished = field.dataset.layout;
  if (wished) return wished === "digits" ? wished : known(wished);
  if (FILLED_WITH_DIGITS.includes(field.type) || ["numeric", "tel", "decimal"].includes(mode)) return "digits";
  if (FILLED_WITH_LATIN.includes(field.type) || ["email", "url"].includes(mode)) return known("nl");
  return known(language);
}

/**
 * All layers of one layout, as simple-keyboard takes them: rows of keys with spaces between.
 *
 * @param {string} name "digits" or a language
 * @param {{ lines: boolean, sign: string }} wanted lines: a text of more than one; sign: beside the 0, for "digits"
 * @returns {Record<string, string[]>}
 */
export function layers(name, { lines, sign }) {
  const end = `{bksp} {clear} ${lines ? "{enter} " : ""}{done}`;
  if (name === "digits") return { letters: [...DIGITS, `${sign} 0`.trim(), end] };
  const { rows, more, cased } = LETTERS[name];
  const capitals = (/** @type {string[]} */ all) => all.map((row) => upper(row, name));
  const last = (/** @type {string} */ others) => [`${others} {next} {space}`, end];
  const shift = cased ? "{shift} " : "";
  const extra = more ? " {more}" : "";
  const arabic = name === "ar" ? [...SIGNS.slice(0, 2), "! ؟ ، ؛ ' \" & + € #"] : SIGNS;
  return {
    letters: [...rows, ...last(`${shift}{signs}${extra}`)],
    capitals: [...capitals(rows), ...last(`${shift}{signs}${extra}`)],
    signs: [...arabic, ...last("{letters}")],
    ...(more && { more: [...more, ...last(`${shift}{letters}`)] }),
    ...(more && { moreCapitals: [...capitals(more), ...last(`${shift}{letters}`)] }),
  };
}

/** A "ß" stays one letter. @param {string} row @param {string} language */
function upper(row, language) {
  return [...row].map((letter) => (letter === "ß" ? "ẞ" : letter.toLocaleUpperCase(language))).join("");
}
