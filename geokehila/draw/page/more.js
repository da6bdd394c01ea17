/* All else, under More: what is measured here, walking times, who has least, runs before, facts, sources, method. */

function moreOf(data, state, words, reading, hubs) {
  const { template, local, el, say, named, digits, count, percent, shares, reasonText, table } = words;
  const { measured, measureCell, subject, profileName } = reading;
  const line = lineOf(data, words, reading);

  function timesTable() {
    return table(["category", "median", "share", "cutoff"], data.categories.map((category) => {
      const walk = measured(`category_${category.key}_median_s`, state.row);
      const within = measured(`category_${category.key}_share`, state.row) ?? { low: null, high: null, reason: "" };
      const none = (why) => (why ? reasonText(why) : say("cell.empty"));
      const isKnown = within.low !== null && within.high !== null && within.high - within.low <= data.nothing_known_share;
      return [local(category.name),
        walk === null ? say("cell.empty") : reading.walkCell(walk),
        isKnown ? reading.shareText(within.low, within.high, reading.likelyOf(category, state.row)) : none(within.reason), digits(String(category.minutes))];
    }));
  }

  /* Where a cutoff comes from; what a study states of its own is told as it is. */
  const sourceOf = (source) => template(`cutoff_sources.${source}`) ?? el("bdi", { lang: "en" }, source);

  /* Every analysis with what it measures here; a measure that the run does not have is left out. */
  function measures() {
    return Object.values(template("measures")).flatMap((labels) => {
      const rows = Object.entries(labels).filter(([key]) => !["title", "note"].includes(key))
        .map(([key, label]) => [label, measureCell(key, state.row)]).filter(([, cell]) => cell !== null);
      return rows.length ? [
        el("h4", {}, labels.title), labels.note ? el("p", { class: "quiet" }, labels.note) : "",
        table(["measure", "here"], rows)] : [];
    });
  }

  /* Of the groups that people are told apart by, which reaches a domain least and which most. */
  function least() {
    const group = (by, name) => (by === "age" ? named(reading.groupName(name)) : say(`hub.${by}`, { name: named(template(`groups.${by}_${name}`) ?? name) }));
    return table(["domain", "least", "most", "points"], data.equity.map(([key, by, low, lowName, high, highName, points]) => [
      local(reading.domainOf(key).name),
      [group(by, lowName), ": ", shares(...low)], [group(by, highName), ": ", shares(...high)], words.range(points[0], points[1], words.whole)]));
  }

  /* What the map and a list may both miss: how many places, and whom those would serve. */
  function unlisted() {
    const columns = ["category", "map_only", "list_only", "both", "places", "reach_seen", "reach_likely", "reach_if"];
    return table(columns, data.lists.map(([key, counts, [reached, low, high], fewer]) => [
      local(data.categories.find((category) => category.key === key).name),
      ...counts.map((some) => count(Math.round(some))), percent(reached), shares(low, high),
      fewer.flatMap((share, i) => [i ? " · " : "", percent(share)])]));
  }

  const factName = (key) => (template(`facts.${key}`) === undefined ? key : say(`facts.${key}`));

  function fact([key, value]) {
    const shown = value === null ? say("cell.empty") : key.includes("share") ? percent(value) : count(value);
    return [el("dt", {}, factName(key)), el("dd", {}, shown)];
  }

  function sourceItem(source) {
    const told = ["file", "told_by", "date", "licence", "counts"].filter((key) => source[key]);
    const category = data.categories.find((one) => `places_${one.key}` === source.role);
    const role = category ? say("roles.places", { category: local(category.name) }) : template(`roles.${source.role}`) ?? source.role;
    return el("li", {}, el("b", {}, role),
      el("dl", {}, told.flatMap((key) => [
        el("dt", {}, say(`table.${key}`)), el("dd", {}, (key === "date" ? digits : named)(source[key]))])));
  }

  const paces = () => table(["profile", "pace"], data.profiles.map((profile) => [profileName(profile), say("more.pace", { speed: digits(profile.speed) })]));

  function more() {
    const heading = (key, values) => el("h3", {}, say(key, values));
    const here = () => ({ subject: el("span", {}, ...subject()) });
    const untrue = data.slopes ? "slope_level" : "slope_ground";
    const methods = Object.keys(template("method")).filter((key) => key !== untrue);
    const adult = data.profiles.find((profile) => profile.key === ADULT);
    return [
      el("summary", {}, say("headline.more")),
      ...hubs.more(),
      heading("more.measures", here()), ...measures(),
      heading("more.times", here()), timesTable(),
      ...(data.equity.length ? [heading("more.least"), el("p", { class: "quiet" }, say("more.least_note")), least()] : []),
      ...(data.lists.length ? [heading("more.lists"), el("p", { class: "quiet" }, say("more.lists_note")), unlisted()] : []),
      ...line.section(),
      data.absent.length ? heading("more.absent") : "",
      data.absent.length ? el("ul", {}, data.absent.map(([names, reason]) => el("li", {}, named(local(names)), ": ", say(`absent.${reason}`)))) : "",
      heading("more.facts"), el("dl", {}, Object.entries(data.facts).flatMap(fact)),
      heading("more.sources"), el("ul", { class: "sources" }, data.sources.map(sourceItem)),
      heading("more.method"), el("ul", {}, methods.map((key) => el("li", {}, say(`method.${key}`, { speed: digits(adult.speed) })))),
      el("p", {}, say("more.pages")),
      heading("more.paces"), paces(),
      heading("more.cutoffs"), table(["category", "cutoff", "required", "source"], data.categories.map((category) => [
        local(category.name), digits(String(category.minutes)), say(category.required ? "table.yes" : "table.no"), sourceOf(category.source)])),
      heading("more.leaflet"), el("pre", { dir: "ltr", lang: "en", tabindex: "0" }, data.leaflet_licence),
    ];
  }

  return { more };
}
