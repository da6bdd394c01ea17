/* The city page: `state` says what is chosen, render() writes the words, paint() colours the map. */

const CBS_ROLES = ["statistical_areas", "statistical_areas_2011", "statistical_areas_2022", "census", "socioeconomic"];
const RIGHT_TO_LEFT = ["he", "ar"];

async function cityPage(map, packed) {
  const data = await unpack(packed);
  const state = {
    language: addressed() ?? data.language, domain: null, shows: SHARE, profile: ADULT, minutes: OWN, group: TOTAL, row: CITY, hub: null, came: "",
    sort: { column: "people", down: true }, first: 0, filter: {},
    open: { key: innerWidth > 860, walker: false, hubs: false, own: false, filters: false, absent: false },
    shown: { sites: !data.region, homes: false, hubs: !data.region, places: false, streets: true, tiles: false },
  };
  const words = wordsOf(data, state);
  const { byId, template, local, el, kept, say } = words;
  const reading = readingOf(data, state, words);
  const themes = themesOf(data, state, words, reading);
  const chart = mapOf(map, data, state, words, reading, themes, select);
  const hubs = hubsOf(map, data, state, words, reading, choose);
  const front = missingOf(data, state, words, reading, chart, hubs, choose, select);
  const glance = tableOf(data, state, words, reading, choose, select);
  const { legend } = legendOf(data, state, words, reading, themes, choose);
  const { more } = moreOf(data, state, words, reading, hubs);
  const search = searchOf(data, state, words, reading, hubs, chart, select);

  /* The language that the page's address ends on: #ar. */
  function addressed() {
    return data.languages.find((language) => location.hash === `#${language}`);
  }

  /* ---- choices ---- */

  function choose(change) {
    Object.assign(state, change);
    render();
    chart.paint();
    hubs.paint();
  }

  /* An area chosen in the table takes the keyboard to its strip; closing the strip takes it back to the table. */
  function select(row, came) {
    const back = row === CITY && state.came === "table" ? `zone-${state.row - 1}` : null;
    choose({ row, came, first: row === CITY ? state.first : glance.turnTo(row - 1) });
    if (row !== CITY) byId("missing").scrollIntoView({ block: "nearest" });
    if (["table", "search"].includes(came)) {
      byId("close").focus({ preventScroll: true });
      chart.showZone(row - 1);
    }
    if (back) byId(back)?.focus();
  }

  /* ---- top and foot ---- */

  function top() {
    document.title = document.querySelector("#title h1").textContent = local(data.city);
    byId("skip").textContent = template("page.skip");
    byId("languages").setAttribute("aria-label", template("page.languages"));
    byId("languages").replaceChildren(...data.languages.map((language) => el("button", {
      type: "button", id: `language-${language}`, lang: language, "aria-pressed": String(language === state.language), onclick: () => turn(language),
    }, data.text[language].page?.switch ?? language)));
    const isFictional = data.banners.includes("fictional");
    byId("banner").hidden = !isFictional;
    byId("banner").textContent = isFictional ? template(data.region ? "banners.fictional_region" : "banners.fictional") : "";
    byId("notes").replaceChildren(...data.banners.filter((banner) => banner !== "fictional").map((banner) => el("li", {}, say(`banners.${banner}`))));
  }

  /* The address keeps the language that was chosen: for a reload, and for whom it is sent to. */
  function turn(language) {
    speak(language);
    location.replace(`#${language}`);
  }

  function speak(language) {
    state.language = language;
    search.render();
    choose({});
    map.invalidateSize({ animate: false });
  }

  function foot() {
    const terms = el("a", { rel: "noreferrer", href: "https://www.openstreetmap.org/copyright" }, say("footer.copyright"));
    const cbs = data.sources.some((source) => CBS_ROLES.includes(source.role));
    return [el("span", {}, say("footer.osm"), " · ", terms), ...(cbs ? [" · ", el("span", {}, say("footer.cbs"))] : [])];
  }

  function render() {
    kept();
    const focused = document.activeElement?.id;
    Object.assign(document.documentElement, { lang: state.language, dir: RIGHT_TO_LEFT.includes(state.language) ? "rtl" : "ltr" });
    top();
    chart.translate();
    const sections = { legend, missing: front.missing, hubs: front.hubs, sure: front.sure, zones: glance.section, more, foot };
    for (const [id, content] of Object.entries(sections)) byId(id).replaceChildren(...content().filter((node) => node !== ""));
    byId("legend").setAttribute("aria-label", template("legend.layers"));
    byId("said").replaceChildren(...reading.subject(), " ", reading.sentence(state.domain, state.row));
    if (focused) byId(focused)?.focus({ preventScroll: true });
  }

  document.body.prepend(byId("top"));
  addEventListener("hashchange", () => { if (addressed() && addressed() !== state.language) speak(addressed()); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && state.row !== CITY) select(CITY); });
  state.domain = reading.firstDomain();
  search.render();
  render();
  map.invalidateSize({ animate: false });
  chart.open();
  chart.paint();
  hubs.paint();
  document.body.dataset.ready = "yes";
}
