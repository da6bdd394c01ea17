/* Words and numbers of the page. Everything becomes text nodes; nothing from the data is ever parsed as HTML. */

const WORD_JOINER = "\u2060"; // keeps a Hebrew prefix on the line of its number

/* Reasons with numbers in them, and the sentence of each. */
const WITH_NUMBERS = [
  [/^> ?(?<minutes>\d+) min$/, "over_minutes"],
  [/^areas of (?<edition>\d{4})$/, "carried"],
  [/^areas of (?<edition>\d{4}), (?<share>[\d.]+ %) of people$/, "carried_most"],
  [/^areas of (?<edition>\d{4}) tell it of (?<share>[\d.]+ %) of people$/, "carried_few"],
];

function wordsOf(data, state) {
  const byId = (id) => document.getElementById(id);
  const template = (key) => key.split(/\.(.*)/).slice(0, 2).reduce((table, word) => table?.[word], data.text[state.language]);
  /* What is called so by language, and what is called so in each language in turn: the next best where one lacks. */
  const local = (names) => data.fallback[state.language].map((language) => names[language]).find(Boolean) ?? "";
  const nameOf = (names) => data.fallback[state.language].map((language) => names[data.named.indexOf(language)]).find(Boolean) ?? "";

  function el(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (typeof value === "boolean") made.toggleAttribute(name, value);
      else made.setAttribute(name, value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== ""));
    return made;
  }
  /* What folds stays as the reader left it when the page is written anew: `kept` asks the page itself, for a toggle is told late. */
  const fold = (name, summary, ...children) => el("details", { class: name, "data-fold": name, open: state.open[name] }, el("summary", {}, summary), ...children);
  function kept() {
    for (const folded of document.querySelectorAll("[data-fold]")) state.open[folded.dataset.fold] = folded.open;
  }

  /* The sentence `key` with its {words} filled by nodes or plain strings; nothing is ever parsed as HTML. */
  function say(key, given = {}) {
    const values = { weights: template(`weights.${data.weights}`), the_weights: template(`the_weights.${data.weights}`), ...given };
    const said = document.createDocumentFragment();
    const parts = (template(key) ?? key).split(/\{(\w+)\}/);
    parts.forEach((part, i) => said.append(i % 2 ? values[part] ?? "" : part.replace(/-$/, `-${WORD_JOINER}`)));
    return said;
  }
  /* Numbers travel in 32 bits: what was 41.5 must not become 41. */
  const rounded = (number) => Math.round(Number(number.toFixed(3)));
  const plain = (key, values) => say(key, values).textContent;
  const named = (name) => el("bdi", {}, name);
  const digits = (shown) => el("bdi", { dir: "ltr" }, shown);
  const whole = (number) => rounded(number).toLocaleString("en-US");
  const count = (number) => digits(whole(number));

  function listed(nodes) {
    const comma = template("page.comma");
    const list = document.createDocumentFragment();
    list.append(...nodes.flatMap((node, i) => (i ? [comma, node] : [node])));
    return list;
  }

  function percentText(number) {
    const share = Number(number.toFixed(6));
    if (share > 0 && share < 0.005) return "<1%";
    if (share < 1 && share >= 0.995) return ">99%";
    return `${rounded(100 * share)}%`;
  }
  const percent = (share) => digits(percentText(share));

  function range(low, high, text) {
    const [least, most] = [text(low), text(high)];
    return least === most ? digits(least) : say("sentence.range", { low: digits(least), high: digits(most) });
  }
  const shares = (low, high) => range(low, high, percentText);
  const counts = (low, high) => range(low, high, whole);

  function reasonText(reason) {
    for (const [pattern, sentence] of WITH_NUMBERS) {
      const found = pattern.exec(reason)?.groups;
      if (found) return say(`sentence.${sentence}`, Object.fromEntries(Object.entries(found).map(([key, text]) => [key, digits(text.replace(" %", "%"))])));
    }
    return listed(reason.split(/[;,] */).map((word) => named(template(`reasons.${word}`) ?? word)));
  }

  /* A table for reading: its heads, rows of cells; and one whose columns are called by their words. */
  function grid(heads, rows) {
    return el("div", { class: "wide", tabindex: "0", role: "group", "aria-label": heads.join(", ") }, el("table", {},
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, rows.map(([head, ...cells]) => el("tr", {}, el("th", { scope: "row" }, head), cells.map((cell) => el("td", {}, cell)))))));
  }
  const table = (columns, rows) => grid(columns.map((column) => plain(`table.${column}`)), rows);

  return { byId, template, local, nameOf, el, fold, kept, say, plain, named, digits, whole, count, listed, percentText, percent, range, shares, counts, reasonText, grid, table };
}
