/* Search by name in any language, over areas and hubs: a combobox after the ARIA authoring practices. */

const MOST_FOUND = 12;

function searchOf(data, state, words, reading, hubs, chart, select) {
  const { byId, template, el, say, plain, named } = words;
  const entries = [
    ...data.areas.ids.map((id, i) => entry("area", [...data.areas.names[i], id], () => reading.zoneName(i), () => select(i + 1, "search"))),
    ...data.hubs.sites.map((site, i) => entry("site", site.names, () => hubs.siteName(site), () => { if (state.hub !== i) hubs.showInSight(i); })),
    ...chart.hubs.map((i) => entry("hub", data.places.names[i], () => reading.placeName(i), () => chart.showPlace(i))),
  ];
  let found = [];
  let at = -1;

  function entry(kind, names, title, go) {
    let keys = null;
    return { kind, names, title, go, keys: () => (keys ??= names.filter(Boolean).map(matchingKey)) };
  }

  /* Those whose name begins with what is typed, then those that hold it. */
  function matching(typed) {
    const key = matchingKey(typed);
    if (!key) return [];
    const rank = (one) => Math.min(...one.keys().map((name) => (name.startsWith(key) ? 0 : name.includes(key) ? 1 : 2)));
    return entries.map((one, i) => [rank(one), i]).filter(([far]) => far < 2).sort((a, b) => a[0] - b[0] || a[1] - b[1])
      .slice(0, MOST_FOUND).map(([, i]) => entries[i]);
  }

  /* What was found is called in the page's language, with the name that was typed beside it. */
  function option(one, i) {
    const key = matchingKey(byId("search-box").value);
    const typed = one.names.find((name) => name && matchingKey(name).includes(key));
    const also = typed && typed !== one.title() ? el("span", { class: "quiet" }, " · ", named(typed)) : "";
    return el("li", { role: "option", id: `found-${i}`, "aria-selected": String(i === at), onmousedown: (event) => { event.preventDefault(); go(i); } },
      named(one.title()), also, el("span", { class: "quiet" }, ` · ${template(`search.${one.kind}`)}`));
  }

  function show() {
    const box = byId("search-box");
    box.setAttribute("aria-expanded", String(found.length > 0));
    if (at >= 0) box.setAttribute("aria-activedescendant", `found-${at}`);
    else box.removeAttribute("aria-activedescendant");
    byId("search-list").replaceChildren(...found.map(option));
    byId("search-list").hidden = found.length === 0;
  }

  function type() {
    const { value } = byId("search-box");
    found = matching(value);
    at = found.length ? 0 : -1;
    show();
    tell(matchingKey(value) ? plain(found.length ? "search.found" : "search.none", { count: String(found.length) }) : "");
  }

  const tell = (words) => { byId("search-said").textContent = words; };

  function close() {
    [found, at] = [[], -1];
    show();
  }

  function go(i) {
    const { go: take, title } = found[i];
    const name = title();
    byId("search-box").value = name;
    close();
    tell(name);
    take();
  }

  function press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isOurs = step || ["Enter", "Escape"].includes(event.key);
    if (!isOurs || !found.length) return;
    event.preventDefault();
    if (event.key === "Enter") return go(at);
    if (event.key === "Escape") {
      event.stopPropagation();
      return close();
    }
    at = (at + step + found.length) % found.length;
    show();
  }

  function render() {
    const typed = byId("search-box")?.value ?? "";
    byId("search").replaceChildren(
      el("label", { for: "search-box" }, say("search.label")),
      el("input", {
        type: "text", id: "search-box", role: "combobox", autocomplete: "off", dir: "auto", "aria-autocomplete": "list",
        "aria-controls": "search-list", "aria-expanded": "false", oninput: type, onkeydown: press, onblur: close, value: typed,
      }),
      el("ul", { id: "search-list", role: "listbox", "aria-label": plain("search.label"), hidden: true }),
      el("span", { id: "search-said", class: "unseen", "aria-live": "polite" }));
    close();
  }

  return { render };
}

const QUOTES = /["'`´’‘“”„‟′″״׳]/g;
const LETTERS = { "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ", "\u0649": "\u064a", "\u0629": "\u0647", "\u0671": "\u0627", "\u0640": "" };

/* What spellings of one name share, as names.py has it: no quotes, marks, case, final letters or Arabic variants. */
function matchingKey(name) {
  const plain = name.replace(QUOTES, "").normalize("NFKD").replace(/[ךםןףץ\u0649\u0629\u0671\u0640]/g, (letter) => LETTERS[letter]);
  return (plain.replace(/\p{Mn}/gu, "").toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []).join(" ");
}
