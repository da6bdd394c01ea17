/* The city page: `state` says what is chosen, render() writes the words, paint() colours the map. */

const CBS_ROLES = ["statistical_areas", "census", "socioeconomic"];

function cityPage(map, data) {
  const state = {
    language: data.languages[0], domain: null, group: "total", row: CITY, hub: null, from: "", legend: true,
    sort: { column: "gap", down: true }, shown: { sites: true, homes: false, hubs: true, places: false, streets: true },
  };
  const words = wordsOf(data, state);
  const { byId, template, local, el, say, plain, named, digits, count, listed, percent, shares, counts, reasonText } = words;
  const reading = readingOf(data, state, words);
  const { scored, score, measured, people, reach, shareCell, gap, domainOf, sentence, subject, zoneName, zoneTitle, placeName } = reading;
  const chart = mapOf(map, data, state, words, reading, select);
  const hubs = hubsOf(map, data, state, words, reading, choose);

  /* ---- choices ---- */

  function choose(change) {
    Object.assign(state, change);
    render();
    chart.paint();
    hubs.paint();
  }

  /* A zone chosen in the table takes the keyboard to its strip; closing the strip takes it back to the table. */
  function select(row, from) {
    const back = row === CITY && state.from === "table" ? `zone-${state.row - 1}` : null;
    choose({ row, from });
    if (row !== CITY) byId("missing").scrollIntoView({ block: "nearest" });
    if (from === "table") byId("close").focus({ preventScroll: true });
    if (from === "table") chart.showZone(row - 1);
    if (back) byId(back).focus();
  }

  /* ---- the panel ---- */

  function bar(found) {
    const unknown = found.kind === "unknown";
    const track = el("span", { class: `bar ${found.kind}`, "aria-hidden": "true" });
    if (found.kind !== "known" && !unknown) return track;
    const [low, high] = unknown ? [0, 1] : [found.low, found.high];
    track.append(
      el("span", { style: `width:${100 * low}%;background:${CLASS_COLOURS[found.class] ?? UNKNOWN_COLOUR}` }),
      el("span", { class: "hatch", style: `width:${100 * (high - low)}%` }));
    return track;
  }

  function strip() {
    return el("div", { class: "strip", role: "radiogroup", "aria-label": plain("headline.missing") }, data.domains.map((domain) => {
      const id = `domain-${domain.key}`;
      const radio = el("input", {
        type: "radio", name: "domain", id, value: domain.key, checked: domain === state.domain, disabled: !domain.scored,
        onchange: () => choose({ domain }),
      });
      return el("label", { for: id, class: domain.scored ? "" : "described" }, radio,
        el("span", { class: "name" }, local(domain.name)), bar(reach(domain, state.row)),
        el("span", { class: "figure" }, shareCell(domain, state.row)));
    }));
  }

  function unknownDomains(row) {
    return scored.filter((domain) => reach(domain, row).kind === "unknown");
  }

  function missing() {
    const weakest = domainOf(score("weakest_domain", state.row).reason);
    const others = unknownDomains(state.row).filter((domain) => domain !== state.domain);
    const [reached, unknown] = ["domains_reached_count", "domains_unknown_count"].map((measure) => score(measure, state.row).value);
    const use = state.row === CITY ? "" : data.zones.functions[state.row - 1];
    const short = (number) => digits(number.toFixed(1).replace(/\.0$/, ""));
    const outOf = (number) => el("span", { class: "unbroken" }, say("sentence.of", { number: short(number), all: count(scored.length) }));
    return [
      el("h2", {}, say("headline.missing")),
      el("p", { class: "subject" }, ...subject(),
        people(state.row) === null ? "" : el("span", { class: "quiet" }, "· ", say("sentence.people", { people: count(people(state.row)) })),
        use ? el("span", { class: "quiet" }, "· ", named(template(`functions.${use}`) ?? use)) : "",
        state.row === CITY ? "" : el("button", { type: "button", id: "close", onclick: () => select(CITY) }, say("page.close"))),
      groupChoice(),
      el("p", { class: "lead" }, sentence(state.domain, state.row)),
      weakest && weakest !== state.domain ? el("p", {}, sentence(weakest, state.row)) : "",
      others.length ? el("p", {}, say("sentence.also_unknown", { list: listed(others.map((d) => named(local(d.name)))) })) : "",
      strip(),
      reached === null || unknown === null ? "" : el("p", { class: "quiet" }, say("sentence.reached", { reached: outOf(reached), unknown: short(unknown) })),
    ];
  }

  function groupChoice() {
    const groups = Object.keys(data.scores).sort((a, b) => (b === "total") - (a === "total") || (a < b ? -1 : 1));
    if (groups.length < 2) return "";
    return el("label", { class: "group" }, say("page.for_whom"), " ",
      el("select", { id: "group", onchange: (event) => choose({ group: event.target.value }) },
        groups.map((group) => el("option", { value: group, selected: group === state.group }, template(`groups.${group}`) ?? group))));
  }

  function hubsSection() {
    const told = [state.domain, domainOf(score("weakest_domain", state.row).reason)];
    const community = data.domains.find((domain) => data.categories.some((c) => c.hub && c.domain === domain.key));
    return [
      el("h2", {}, say("headline.hubs")),
      ...hubs.section(),
      community && !told.includes(community) && reach(community, state.row).kind !== "no_people" ? el("p", {}, sentence(community, state.row)) : "",
      el("details", {},
        el("summary", {}, chart.hubs.length ? say("sentence.hubs", { count: count(chart.hubs.length) }) : say("sentence.no_hubs")),
        el("ul", { class: "hub-list" }, chart.hubs.map((i) => el("li", {}, el("button", { type: "button", onclick: () => chart.showPlace(i) }, named(placeName(i))))))),
    ];
  }

  /* One line about a subject of belief: the zone's own reason, or in the city the share of people it concerns. */
  function belief(subject, reasons) {
    const name = say(`belief.${subject}`);
    if (state.row !== CITY) {
      const reason = reasons[state.row - 1];
      return reason ? el("li", {}, say("belief.line", { subject: name, reason: say(`belief.${reason}`) })) : "";
    }
    const concerned = reasons.reduce((sum, reason, i) => sum + (reason ? people(i + 1) ?? 0 : 0), 0);
    return concerned ? el("li", {}, say("belief.city", { subject: name, share: percent(concerned / people(CITY))})) : "";
  }

  function sure() {
    const reasons = new Map();
    for (const domain of scored) {
      const { low, high, reason } = score(`domain_${domain.key}_share`, state.row);
      if (reason && low !== high) reasons.set(reason, [...(reasons.get(reason) ?? []), local(domain.name)]);
    }
    const coverage = state.row === CITY ? null : data.zones.coverage[state.row - 1];
    const connected = score("connected_share", state.row).value;
    const shareFacts = state.row === CITY ? Object.entries(data.facts).filter(([name, value]) => name.includes("share") && value !== null) : [];
    return [
      el("h2", {}, say("headline.sure")),
      el("ul", {},
        [...reasons].map(([reason, names]) => el("li", {}, reasonText(reason), ": ", listed(names.map(named)))),
        connected === null || state.row === CITY ? "" : el("li", {}, say("sentence.connected", { share: percent(connected) })),
        coverage !== null && coverage < WHOLE_ZONE_SHARE ? el("li", {}, say("sentence.partial", { share: percent(coverage) })) : "",
        Object.entries(data.zones.belief).map(([subject, reasons]) => belief(subject, reasons)),
        state.row === CITY ? hubs.sure() : "",
        shareFacts.map(([name, value]) => el("li", {}, factName(name), ": ", percent(value)))),
    ];
  }

  /* ---- tables ---- */

  const zoneColumns = {
    zone: (i) => zoneName(i),
    people: (i) => people(i + 1),
    share: (i) => reach(state.domain, i + 1).low ?? null,
    gap: (i) => (reach(state.domain, i + 1).kind === "known" ? gap(state.domain, i + 1).low : null),
  };

  function sortedZones() {
    const { column, down } = state.sort;
    const valueOf = zoneColumns[column];
    const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, state.language, { numeric: true }) : a - b);
    return data.zones.ids.map((_, i) => i).sort((i, j) => {
      const [a, b] = [valueOf(i), valueOf(j)];
      if (a === null || b === null) return (a === null) - (b === null) || i - j;
      return (down ? -compare(a, b) : compare(a, b)) || i - j;
    });
  }

  function zoneRow(i) {
    const row = i + 1;
    const { low, high } = gap(state.domain, row);
    const found = reach(state.domain, row);
    const all = people(row);
    return el("tr", { class: row === state.row ? "chosen" : "" },
      el("th", { scope: "row" }, el("button", { type: "button", id: `zone-${i}`, "aria-pressed": String(row === state.row), onclick: () => select(row, "table") }, ...zoneTitle(i))),
      el("td", {}, all === null ? say("cell.empty") : count(all)),
      el("td", {}, bar(found), shareCell(state.domain, row)),
      el("td", {}, found.kind !== "known" || low === null || high === null ? say("cell.empty") : counts(low, high)));
  }

  function zonesSection() {
    const heads = Object.keys(zoneColumns).map((column) => {
      const chosen = state.sort.column === column;
      const down = chosen ? !state.sort.down : column !== "zone";
      return el("th", { scope: "col", "aria-sort": chosen ? (state.sort.down ? "descending" : "ascending") : "none" },
        el("button", { type: "button", id: `sort-${column}`, title: plain("table.sort", { column: plain(`table.${column}`) }), onclick: () => choose({ sort: { column, down } }) },
          say(`table.${column}`), el("span", { "aria-hidden": "true" }, chosen ? (state.sort.down ? "\u00a0▼" : "\u00a0▲") : "")));
    });
    return [
      el("h2", {}, say("headline.zones")),
      el("p", { class: "quiet" }, local(state.domain.name)),
      el("div", { class: "wide" }, el("table", { id: "zone-table" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, sortedZones().map(zoneRow)))),
    ];
  }

  function table(columns, rows) {
    return el("div", { class: "wide" }, el("table", {},
      el("thead", {}, el("tr", {}, columns.map((column) => el("th", { scope: "col" }, say(`table.${column}`))))),
      el("tbody", {}, rows.map((cells) => el("tr", {}, cells.map((cell) => el("td", {}, cell)))))));
  }

  function timesTable() {
    return table(["category", "median", "share", "cutoff"], data.categories.map((category) => {
      const { value, reason } = score(`category_${category.key}_median_s`, state.row);
      const within = score(`category_${category.key}_share`, state.row);
      const none = (why) => (why ? reasonText(why) : say("cell.empty"));
      const known = within.low !== null && within.high !== null && within.high - within.low <= NOTHING_KNOWN_SHARE;
      return [local(category.name),
        value === null ? none(reason) : [
          say("sentence.minutes", { minutes: digits((value / 60).toFixed(1)) }),
          reason === "edge" ? el("span", { class: "quiet" }, " · ", say("cell.edge")) : ""],
        known ? shares(within.low, within.high) : none(within.reason), digits(String(category.minutes))];
    }));
  }

  /* A measure's number in its unit, which its name ends on; or why there is none. */
  function measureCell(key) {
    const found = measured(key, state.row);
    if (found === null) return null;
    const { value, low, high, reason } = found;
    const part = key.endsWith("_share") ? shares : /_people$/.test(key) ? counts : null;
    const known = part ? low !== null && high !== null && !(part === shares && high - low > NOTHING_KNOWN_SHARE) : value !== null;
    if (!known) return reason ? reasonText(reason) : say("cell.empty");
    const unit = /_(s|m|m2|per_km2|per_h)$/.exec(key)?.[1];
    const shown = (number) => (Math.abs(number) < 10 && unit !== "m" ? number.toFixed(2) : Math.round(number).toLocaleString("en-US"));
    const number = value === null ? "" : unit === "s" ? (value / 60).toFixed(1) : shown(value);
    return [
      part ? part(low, high) : unit ? say(`units.${unit}`, { number: digits(number) }) : digits(number),
      reason && reason !== "unknown" ? el("span", { class: "quiet" }, " · ", reasonText(reason)) : ""];
  }

  /* Every analysis with what it measures here; a measure that the run does not have is left out. */
  function measures() {
    return Object.values(template("measures")).flatMap((labels) => {
      const rows = Object.entries(labels).filter(([key]) => !["title", "note"].includes(key))
        .map(([key, label]) => [label, measureCell(key)]).filter(([, cell]) => cell !== null);
      return rows.length ? [
        el("h4", {}, labels.title), labels.note ? el("p", { class: "quiet" }, labels.note) : "",
        table(["measure", "here"], rows)] : [];
    });
  }

  const factName = (key) => (template(`facts.${key}`) === undefined ? key : say(`facts.${key}`));

  function fact([key, value]) {
    const shown = value === null ? say("cell.empty") : key.includes("share") ? percent(value) : count(value);
    return [el("dt", {}, factName(key)), el("dd", {}, shown)];
  }

  function sourceItem(source) {
    const told = ["file", "date", "licence", "counts"].filter((key) => source[key]);
    return el("li", {}, el("b", {}, template(`roles.${source.role}`) ?? source.role),
      el("dl", {}, told.flatMap((key) => [
        el("dt", {}, say(`table.${key}`)), el("dd", {}, (key === "date" ? digits : named)(source[key]))])));
  }

  function more() {
    const heading = (key, values) => el("h3", {}, say(key, values));
    const untrue = data.walk.slopes ? "slope_level" : "slope_ground";
    const methods = Object.keys(data.text[state.language].method).filter((key) => key !== untrue);
    return [
      el("summary", {}, say("headline.more")),
      ...hubs.more(),
      heading("more.times", { subject: el("span", {}, ...subject()) }), timesTable(),
      heading("more.measures", { subject: el("span", {}, ...subject()) }), ...measures(),
      data.absent.length ? heading("more.absent") : "",
      data.absent.length ? el("ul", {}, data.absent.map(([name, reason]) => el("li", {}, named(name), ": ", say(`absent.${reason}`)))) : "",
      heading("more.facts"), el("dl", {}, Object.entries(data.facts).flatMap(fact)),
      heading("more.sources"), el("ul", { class: "sources" }, data.sources.map(sourceItem)),
      heading("more.method"), el("ul", {}, methods.map((key) => el("li", {}, say(`method.${key}`, { speed: digits(data.walk.speed) })))),
      heading("more.cutoffs"), table(["category", "cutoff", "required", "source"], data.categories.map((category) => [
        local(category.name), digits(String(category.minutes)), say(category.required ? "table.yes" : "table.no"), named(category.source)])),
      heading("more.leaflet"), el("pre", { dir: "ltr" }, data.leaflet_licence),
    ];
  }

  /* ---- legend, top and foot ---- */

  function key(swatch, ...words) {
    return el("li", {}, el("span", { class: "swatch", "aria-hidden": "true" }, swatch), el("span", {}, ...words));
  }

  function legend() {
    const kinds = data.zones.ids.map((_, i) => reach(state.domain, i + 1));
    const required = data.categories.filter((c) => c.required && c.domain === state.domain.key);
    const walks = required.map((c) => say("legend.walk_item", { category: named(local(c.name)), minutes: digits(String(c.minutes)) }));
    const square = (colour, extra = "") => el("i", { class: extra, style: `background-color:${colour}` });
    const toggle = (name, ...label) => el("label", {}, el("input", {
      type: "checkbox", id: `layer-${name}`, checked: state.shown[name],
      onchange: (event) => choose({ shown: { ...state.shown, [name]: event.target.checked } }),
    }), el("span", { class: `swatch mark-${name}`, "aria-hidden": "true" }), el("span", {}, ...label));
    const picture = el("span", { class: "swatch hub", "aria-hidden": "true" });
    picture.innerHTML = HUB_PICTURE;
    const hubToggle = toggle("hubs", say("legend.hub"));
    hubToggle.children[1].replaceWith(picture);
    const domain = named(local(state.domain.name));
    return [el("details", { open: state.legend, ontoggle: (event) => { state.legend = event.target.open; } },
      el("summary", {}, say("legend.title", { domain: domain.cloneNode(true) })),
      el("div", { class: "walks" },
        walks.length ? el("p", { class: "quiet" }, say("legend.walk", { list: listed(walks) })) : "",
        el("p", {}, say("legend.low")),
        el("ul", { class: "classes" }, CLASS_COLOURS.map((colour, i) => key(square(colour), digits(plain("legend.class", { low: `${20 * i}`, high: `${20 * i + 20}%` })))))),
      el("ul", { class: "marks" },
        kinds.some((kind) => kind.wide) ? key(square("#fff", "hatch"), say("legend.wide", { points: digits(String(100 * WIDE_SHARE)) })) : "",
        kinds.some((found) => found.kind === "unknown") ? key(square(UNKNOWN_COLOUR, "hatch"), say("legend.unknown")) : "",
        kinds.some((found) => found.kind === "no_people") ? key(square("transparent", "empty"), say("legend.no_people")) : "",
        data.zones.coverage.some((share) => share < WHOLE_ZONE_SHARE) ? key(square("transparent", "partial"), say("legend.partial")) : ""),
      el("div", { class: "layers", role: "group", "aria-label": plain("legend.layers") },
        toggle("sites", say("legend.sites")), toggle("homes", say("legend.homes", { domain: domain.cloneNode(true) })),
        hubToggle, toggle("places", say("legend.places", { domain })), toggle("streets", say("legend.streets"))))];
  }

  function top() {
    const name = local(data.city);
    document.title = name;
    document.querySelector("#title h1").textContent = name;
    byId("skip").textContent = template("page.skip");
    const other = data.languages[(data.languages.indexOf(state.language) + 1) % data.languages.length];
    byId("switch").textContent = template("page.switch");
    byId("switch").lang = other;
    byId("switch").onclick = () => { choose({ language: other }); map.invalidateSize({ animate: false }); };
    const fictional = data.banners.includes("fictional");
    byId("banner").hidden = !fictional;
    byId("banner").textContent = fictional ? template("banners.fictional") : "";
    byId("notes").replaceChildren(...data.banners.filter((banner) => banner !== "fictional").map((banner) => el("li", {}, say(`banners.${banner}`))));
  }

  function foot() {
    const terms = el("a", { rel: "noreferrer", href: "https://www.openstreetmap.org/copyright" }, say("footer.copyright"));
    const cbs = data.sources.some((source) => CBS_ROLES.includes(source.role));
    return [el("span", {}, say("footer.osm"), " · ", terms), ...(cbs ? [" · ", el("span", {}, say("footer.cbs"))] : [])];
  }

  function render() {
    const focused = document.activeElement?.id;
    Object.assign(document.documentElement, { lang: state.language, dir: state.language === "he" ? "rtl" : "ltr" });
    top();
    chart.translate();
    const sections = { legend, missing, hubs: hubsSection, sure, zones: zonesSection, more, foot };
    for (const [id, content] of Object.entries(sections)) byId(id).replaceChildren(...content().filter((node) => node !== ""));
    byId("said").replaceChildren(...subject(), " ", sentence(state.domain, state.row));
    if (focused) byId(focused)?.focus({ preventScroll: true });
  }

  document.body.prepend(byId("top"));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && state.row !== CITY) select(CITY); });
  state.domain = reading.firstDomain();
  render();
  map.invalidateSize({ animate: false });
  chart.open();
  chart.paint();
  hubs.paint();
}
