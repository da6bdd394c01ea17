/* All areas at a glance: every domain as a square, sorted and filtered, a page of rows at a time; it chooses on the map. */

const ROWS = 100;
const SIGNS = 5; // of readiness
const CLOSED = 1e-9;

function tableOf(data, state, words, reading, choose, select) {
  const { local, byId, el, fold, say, plain, named, digits, count, shares, percent } = words;
  const { scored, people, part, reach, shareCell, weakest, zoneName } = reading;
  const ramp = data.palette.ramps.better;
  const hasWaves = data.areas.waves.some(Boolean);
  const wave = (i) => data.areas.waves[i]?.[0] ?? null;
  const signs = (i) => { const share = data.areas.waves[i]?.[2] ?? null; return share === null ? null : Math.round(share * SIGNS); };
  const stage = (i) => data.areas.waves[i]?.[4] || null;
  const stages = [...new Set(data.areas.ids.map((_, i) => stage(i)).filter(Boolean))].sort();
  const satisfied = (i) => data.areas.survey?.[i][state.domain.key] ?? null;
  const nameOf = (domain) => local(domain.name);
  /* What became of the chosen domain: least and most that the share may have grown by, and which way; "same": nothing. */
  const CHANGED = ["up", "same", "down", "open"];
  const grown = (i) => data.areas.since?.[i][`${state.profile} ${reading.shareOf(state.domain)}`] ?? null;
  const which = (i) => (reach(state.domain, i + 1).kind === "known" && state.group === TOTAL ? grown(i)?.[2].replace("reason", "same") ?? "same" : null);

  /* What each column is sorted by. */
  const hasLikely = data.categories.some((category) => category.required && data.areas.ids.some((_, i) => reading.likelyOf(category, i + 1)));
  const columns = {
    zone: (i) => zoneName(i),
    people: (i) => people(i + 1),
    ...Object.fromEntries(scored.map((domain) => [domain.key, (i) => reach(domain, i + 1).low ?? null])),
    ...(hasLikely ? { likely: (i) => reading.likely(state.domain, i + 1)?.low ?? null } : {}),
    ...(data.areas.since ? { since: (i) => (which(i) === "same" ? 0 : grown(i)?.[0] ?? null) } : {}),
    weakest: (i) => { const domain = weakest(i + 1); return domain ? nameOf(domain) : null; },
    ...(data.areas.survey ? { survey: (i) => satisfied(i)?.[0] ?? null } : {}),
    ...(hasWaves ? { wave, readiness: signs } : {}),
    ...(stages.length ? { stage } : {}),
  };
  const heading = (column) => (reading.domainOf(column) ? nameOf(reading.domainOf(column)) : plain(`table.${column === "zone" && data.region ? "locality" : column}`));

  /* ---- which rows ---- */

  /* Whether a share is below a bound: surely only where the most that it may be is. */
  function isBelow(i, how, share) {
    const domain = reading.domainOf(state.filter.domain) ?? state.domain;
    const { kind, low, high } = reach(domain, i + 1);
    const most = Math.max(high, reading.likely(domain, i + 1)?.high ?? high);
    return kind === "known" && (how === "below_surely" ? most : low) < share - CLOSED;
  }

  /* Every filter: its choices, and whether an area passes one of them. */
  const filters = {
    domain: { choices: () => scored.map((domain) => [domain.key, nameOf(domain)]), passes: () => true },
    below: {
      choices: () => reading.breaksOf("domains", `domain_${scored[0]?.key}_share`).flatMap((share) => ["below_surely", "below_maybe"].map((how) => [`${how} ${share}`, plain(`table.${how}`, { share: `\u2066${Math.round(100 * share)}%\u2069` })])),
      passes: (i, chosen) => isBelow(i, ...chosen.split(" ")),
    },
    weakest: { choices: () => scored.map((domain) => [domain.key, nameOf(domain)]), passes: (i, key) => weakest(i + 1)?.key === key },
    ...(data.areas.since ? { since: { choices: () => CHANGED.map((way) => [way, plain(`table.since_${way}`)]), passes: (i, way) => which(i) === way } } : {}),
    ...(hasWaves ? {
      wave: { choices: () => [...new Set(data.areas.waves.map((_, i) => wave(i)).filter((one) => one !== null))].sort((a, b) => a - b).map((one) => [String(one), String(one)]), passes: (i, one) => wave(i) === Number(one) },
      readiness: { choices: () => Array.from({ length: SIGNS + 1 }, (_, least) => [String(least), `${least}/${SIGNS}`]), passes: (i, least) => signs(i) !== null && signs(i) >= Number(least) },
    } : {}),
    ...(stages.length ? { stage: { choices: () => stages.map((one) => [one, one]), passes: (i, one) => stage(i) === one } } : {}),
  };

  function chosenRows() {
    const passes = (i) => Object.entries(filters).every(([key, filter]) => !state.filter[key] || filter.passes(i, state.filter[key]));
    const { column, down } = state.sort;
    const keys = data.areas.ids.map((_, i) => columns[column](i));
    const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, state.language, { numeric: true }) : a - b);
    return data.areas.ids.map((_, i) => i).filter(passes).sort((i, j) => {
      const [a, b] = [keys[i], keys[j]];
      if (a === null || b === null) return (a === null) - (b === null) || i - j;
      return (down ? -compare(a, b) : compare(a, b)) || i - j;
    });
  }

  /* ---- cells ---- */

  function square(domain, row) {
    const found = reach(domain, row);
    const whole = (share) => String(Math.round(Number((100 * share).toFixed(3))));
    const text = found.kind === "known" ? [...new Set([whole(found.low), whole(found.high)])].join("–") : ["unknown", "uncounted"].includes(found.kind) ? "?" : "–";
    const style = found.kind === "known" ? `background:${ramp[found.class]};color:${found.class === ramp.length - 1 ? "#fff" : "#000"}` : "";
    const weak = weakest(row) === domain && state.minutes === OWN;
    return el("td", { class: "square" },
      el("span", { class: `${found.kind === "unknown" ? "hatch " : ""}${weak ? "weak" : ""}`, style, "aria-hidden": "true" }, digits(text)),
      el("span", { class: "unseen" }, shareCell(domain, row)));
  }

  function row(i) {
    const weak = weakest(i + 1);
    const ready = signs(i);
    return el("tr", { class: i + 1 === state.row ? "chosen" : "" },
      el("th", { scope: "row" }, el("button", { type: "button", id: `zone-${i}`, "aria-pressed": String(i + 1 === state.row), onclick: () => select(i + 1, "table") },
        named(zoneName(i)))),
      el("td", {}, people(i + 1) === null ? say("cell.empty") : counted(i)),
      ...scored.map((domain) => square(domain, i + 1)),
      ...(hasLikely ? [el("td", {}, likely(i))] : []),
      ...(data.areas.since ? [el("td", {}, changed(i))] : []),
      el("td", {}, weak ? nameOf(weak) : say("cell.empty")),
      ...(data.areas.survey ? [el("td", {}, answered(i))] : []),
      ...(hasWaves ? [
        el("td", {}, wave(i) === null ? say("cell.empty") : count(wave(i))),
        el("td", {}, ready === null ? say("cell.empty") : digits(`${ready}/${SIGNS}`))] : []),
      ...(stages.length ? [el("td", {}, stage(i) ? named(stage(i)) : say("cell.empty"))] : []));
  }

  function counted(i) {
    const share = part(i + 1);
    return [count(people(i + 1)), share === null ? "" : el("small", {}, " ", say("table.part", { share: percent(share) }))];
  }

  function likely(i) {
    const found = reading.likely(state.domain, i + 1);
    return found ? shares(found.low, found.high) : say("cell.empty");
  }

  /* What residents say of the chosen domain, with what chance leaves open. */
  function answered(i) {
    const told = satisfied(i);
    if (!told) return say("cell.empty");
    const [share, low, high] = told;
    return [percent(share), low === null ? "" : el("span", { class: "quiet" }, " (", shares(low, high), ")")];
  }

  /* By how many percentage points the chosen domain's share grew; over 0 in between it is not sure that it did. */
  function changed(i) {
    const way = which(i);
    if (way === null || way === "lost") return say("cell.empty");
    if (way === "same" || way === "found") return say(`table.since_${way}`);
    const points = ([least, most]) => [least, most].map((share) => Math.round(100 * share)).map((one) => (one > 0 ? `+${one}` : String(one).replace("-", "\u2212")));
    return [...new Set(points(grown(i)))].flatMap((text, at) => [at ? " … " : "", digits(text)]);
  }

  function head(column) {
    const isChosen = state.sort.column === column;
    const down = isChosen ? !state.sort.down : !reading.domainOf(column) && !["zone", "weakest", "wave", "stage"].includes(column);
    const turned = reading.domainOf(column) ? "turned" : "";
    return el("th", { scope: "col", class: turned, "aria-sort": isChosen ? (state.sort.down ? "descending" : "ascending") : "none" },
      el("button", { type: "button", id: `sort-${column}`, title: plain("table.sort", { column: heading(column) }), onclick: () => choose({ sort: { column, down }, first: 0 }) },
        heading(column), el("span", { "aria-hidden": "true" }, isChosen ? (state.sort.down ? "\u00a0▼" : "\u00a0▲") : "")));
  }

  /* ---- filters and pages ---- */

  function filterChoice([key, filter]) {
    const take = (event) => choose({ filter: { ...state.filter, [key]: event.target.value }, first: 0 });
    const every = key === "domain" ? nameOf(state.domain) : plain("table.every");
    const options = key === "domain" ? filter.choices().filter(([value]) => value !== state.domain.key) : filter.choices();
    return el("label", { class: "pick" }, el("span", {}, say(`table.filter_${key}`)),
      el("select", { id: `filter-${key}`, onchange: take },
        el("option", { value: "" }, every),
        options.map(([value, text]) => el("option", { value, selected: value === state.filter[key] }, text))));
  }

  function turn(rows) {
    const last = Math.min(state.first + ROWS, rows.length);
    const told = say("table.rows", { first: count(rows.length ? state.first + 1 : 0), last: count(last), all: count(rows.length) });
    const to = (id, first, isOpen) => el("button", { type: "button", id, disabled: !isOpen, onclick: () => choose({ first }) }, say(`table.${id}`));
    return el("div", { class: "turn" }, el("span", { "aria-live": "polite" }, told),
      rows.length > ROWS ? [to("previous", state.first - ROWS, state.first > 0), to("next", state.first + ROWS, last < rows.length)] : "");
  }

  /* The page of rows that an area chosen elsewhere stands on. */
  function turnTo(i) {
    const at = chosenRows().indexOf(i);
    return at < 0 ? state.first : ROWS * Math.floor(at / ROWS);
  }

  function section() {
    const rows = chosenRows();
    return [
      el("h2", {}, say("headline.zones")),
      fold("filters", say("table.filters"),
        el("div", { class: "picks" }, Object.entries(filters).map(filterChoice))),
      el("p", { class: "quiet" }, say("table.squares"), hasLikely ? [" ", say("table.likely_note")] : ""),
      data.areas.since ? el("p", { class: "quiet", id: "since" }, say("table.since_note", { date: digits(data.previous || "?") })) : "",
      el("div", { class: "wide", tabindex: "0", role: "group", "aria-label": plain("headline.zones") }, el("table", { id: "zone-table" },
        el("thead", {}, el("tr", {}, Object.keys(columns).map(head))),
        el("tbody", {}, rows.slice(state.first, state.first + ROWS).map(row)))),
      turn(rows),
    ];
  }

  const reveal = () => byId(`zone-${state.row - 1}`)?.scrollIntoView({ block: "nearest" });

  return { section, turnTo, reveal };
}
