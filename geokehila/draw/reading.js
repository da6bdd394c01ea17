/* What the scores say: state of a domain in a row, the sentence on it, and the names of zones and places. */

const NOTHING_KNOWN_SHARE = 0.995; // an interval this wide says nothing
const WIDE_SHARE = 0.2; // an interval wider than this is hatched
const CITY = 0; // row of the city in every score; zone i is row i + 1

function readingOf(data, state, words) {
  const { template, local, el, say, named, count, percent, shares, reasonText } = words;
  const scored = data.domains.filter((domain) => domain.scored);

  function score(measure, row) {
    const cell = data.scores[state.group]?.[measure]?.[row];
    return cell ? { value: cell[0], low: cell[1], high: cell[2], reason: cell[3] } : { value: null, low: null, high: null, reason: "" };
  }
  const people = (row) => score("people", row).value;
  /* What is measured on areas is of no group of people in particular: every group sees it. */
  const measured = (measure, row) => {
    const cell = (data.scores[state.group]?.[measure] ?? data.scores.total?.[measure])?.[row];
    return cell ? { value: cell[0], low: cell[1], high: cell[2], reason: cell[3] } : null;
  };

  /* What is known of a domain in a row: described, no_people, unknown (with its reason) or known (with its class). */
  function reach(domain, row) {
    if (!domain.scored) return { kind: "described" };
    const { low, high, reason } = score(`domain_${domain.key}_share`, row);
    const missing = low === null || high === null;
    if (people(row) === 0 || (people(row) === null && missing && !score("people", row).reason)) return { kind: "no_people" };
    if (missing || high - low > NOTHING_KNOWN_SHARE) return { kind: "unknown", reason: reason || "unknown" };
    return { kind: "known", low, high, reason, wide: high - low > WIDE_SHARE + 1e-9, class: Math.min(4, Math.floor(low * 5 + 1e-9)) };
  }
  /* The words of a reach: at least to at most, or why there is no number. */
  function shareCell(domain, row) {
    const found = reach(domain, row);
    if (found.kind === "known") return shares(found.low, found.high);
    if (found.kind === "unknown") return say(["not mapped", "not loaded"].includes(found.reason) ? `reasons.${found.reason}` : "cell.unknown");
    return say(found.kind === "described" ? "cell.described" : "cell.empty");
  }

  const gap = (domain, row) => score(`domain_${domain.key}_beyond_people`, row);
  const domainOf = (key) => data.domains.find((domain) => domain.key === key);

  function firstDomain() {
    const weakest = domainOf(score("weakest_domain", CITY).reason);
    return weakest ?? scored.find((domain) => reach(domain, CITY).kind === "known") ?? scored[0] ?? data.domains[0];
  }

  function sentence(domain, row) {
    const { kind, reason } = reach(domain, row);
    const all = people(row);
    if (kind === "described") return say("sentence.described", { domain: named(local(domain.name)) });
    if (kind === "no_people") return say("sentence.no_people");
    if (all === null) return say("sentence.people_unknown");
    const { low, high } = gap(domain, row);
    const words = { domain: el("b", {}, local(domain.name)), people: count(all), reason: reasonText(reason || "unknown") };
    if (kind === "unknown" || low === null || high === null) return say("sentence.unknown", words);
    Object.assign(words, { low: count(low), high: count(high), share: shares(low / all, high / all) });
    if (Math.round(high) === 0) return say("sentence.none", words);
    if (Math.round(low) === 0) return say("sentence.gap_possible", { ...words, share: percent(high / all) });
    return say(Math.round(low) === Math.round(high) ? "sentence.gap_exact" : "sentence.gap", words);
  }

  /* A zone without a name is called by its number: "9000-114" is area 114 of locality 9000. */
  const zoneName = (i) => {
    const name = data.zones.names[i][data.languages.indexOf(state.language)];
    const area = /^\d+-([\d+]+)$/.exec(data.zones.ids[i]);
    return name || (area ? `${template("page.area")} ${area[1]}` : data.zones.ids[i]);
  };
  const zoneLabel = (i) => {
    const repeated = data.zones.ids.some((_, j) => j !== i && zoneName(j) === zoneName(i));
    return repeated ? data.zones.ids[i] : zoneName(i);
  };
  const zoneTitle = (i) => {
    const [name, id] = [zoneName(i), data.zones.ids[i]];
    return name === id ? [named(id)] : [named(name), " ", el("bdi", { class: "quiet", dir: "ltr" }, id)];
  };
  const subject = () => (state.row === CITY ? [named(local(data.city))] : zoneTitle(state.row - 1));

  function placeName(i) {
    return data.places.names[i][data.languages.indexOf(state.language)] || local(data.categories[data.places.categories[i][0]].name);
  }

  return {
    scored, score, measured, people, reach, shareCell, gap, domainOf, firstDomain, sentence, subject, zoneName, zoneTitle, zoneLabel, placeName,
  };
}
