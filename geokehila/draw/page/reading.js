/* What the figures say: state of a domain in a row, the sentence on it, and the names of areas and places. */

const NEARLY_ALL_SHARE = 0.995; // from here on nothing is said of more
const ADULT = "adult";
const OWN = "own"; // each category's own cutoff
const TOTAL = "total";
/* Reasons that are said in the place of a share: the others take a sentence. */
const SHORT = ["not mapped", "not loaded", "not run", "counts others than residents", "other choices", "outside recognised localities"];
const RANK = "ses_cluster"; // whole, with nothing between two

function readingOf(data, state, words) {
  const { template, local, nameOf, el, say, plain, named, digits, whole, count, percent, percentText, listed, shares, counts, reasonText } = words;
  const scored = data.domains.filter((domain) => domain.scored);
  const figure = figuresOf(data.figures, data.areas.ids.length + 1);
  const NOTHING = { value: null, low: null, high: null, reason: "" };

  /* Of who walks and for whom it is asked; what is measured of everybody, and who is counted, is in an adult's block. */
  const block = (profile) => (state.group === TOTAL ? profile : `${ADULT} ${state.group}`);
  const score = (measure, row) => figure(block(state.profile), measure, row) ?? NOTHING;
  const measured = (measure, row) => figure(ADULT, measure, row);
  const counted = (row) => figure(block(ADULT), "people", row) ?? NOTHING;
  const people = (row) => counted(row).value;
  const isUncounted = (row) => people(row) === null && row > 0 && data.areas.uncounted[row - 1];
  const shareOf = (domain) => `domain_${domain.key}_${state.minutes === OWN ? "" : `${state.minutes}min_`}share`;
  const share = (domain, row) => score(shareOf(domain), row);

  /* Of an area that lies partly outside the data the share that lies inside: its people are those of this part. */
  function part(row) {
    const share = row === CITY ? null : data.areas.coverage[row - 1];
    return share !== null && share < data.areas.whole ? share : null;
  }

  /* Of all people those without the share: at least whom nothing unknown could give it. */
  function gap(domain, row) {
    const { low, high } = share(domain, row);
    const all = people(row);
    return low === null || all === null ? NOTHING : { low: all * (1 - high), high: all * (1 - low) };
  }

  /* Where one category decides a domain and two lists of it tell: from where to where an adult's share is likely. */
  function likely(domain, row) {
    const [category, more] = data.categories.filter((c) => c.required && c.domain === domain.key);
    if (!category || more || state.profile !== ADULT || state.group !== TOTAL || state.minutes !== OWN) return null;
    const found = likelyOf(category, row);
    return found && { ...found, category };
  }
  function likelyOf(category, row) {
    const found = measured(`category_${category.key}_likely_share`, row);
    return found?.low == null ? null : { low: found.low, high: found.high };
  }
  /* Of all people those likely without the domain. */
  function gapLikely(domain, row) {
    const found = likely(domain, row);
    const all = people(row);
    return found && all ? { low: all * (1 - found.high), high: all * (1 - found.low) } : null;
  }

  const domainOf = (key) => data.domains.find((domain) => domain.key === key);
  const weakest = (row) => domainOf(score("weakest_domain", row).reason);
  const breaksOf = (theme, key) => data.themes.find((one) => one.key === theme).measures.find((one) => one.key === key)?.breaks ?? [];
  const classOf = (number, breaks) => breaks.filter((start) => number >= start - 1e-7 * Math.abs(start)).length;

  /* What is known of a domain in a row: described, uncounted (nobody tells how many live there), no_people, unknown (with its reason)
     or known (with its class). */
  function reach(domain, row) {
    if (!domain.scored) return { kind: "described" };
    const { low, high, reason } = share(domain, row);
    const missing = low === null || high === null;
    if (isUncounted(row)) return { kind: "uncounted" };
    if (people(row) === 0 || (people(row) === null && missing && !counted(row).reason)) return { kind: "no_people" };
    if (missing || high - low > data.nothing_known_share) return { kind: "unknown", reason: reason || "unknown" };
    const breaks = breaksOf("domains", `domain_${domain.key}_share`);
    return { kind: "known", low, high, reason, class: classOf(low, breaks) };
  }

  /* The words of a reach: at least to at most, or why there is no number. */
  function shareCell(domain, row) {
    const found = reach(domain, row);
    if (found.kind === "known") return shares(found.low, found.high);
    if (found.kind === "uncounted") return say("cell.unknown");
    if (found.kind === "unknown") return say(SHORT.includes(found.reason) ? `reasons.${found.reason}` : "cell.unknown");
    return say(found.kind === "described" ? "cell.described" : "cell.empty");
  }

  /* One number where both ends read alike; else at least, and how much more: likely where two lists tell, else at most. */
  function shareText(low, high, found) {
    if (low >= NEARLY_ALL_SHARE || (!found && percentText(low) === percentText(high))) return percent(low);
    const words = { least: percent(low < 1 - NEARLY_ALL_SHARE ? 0 : low), likely: found && shares(found.low, found.high), most: percent(high) };
    return say(found ? "sentence.likely" : "sentence.at_most", words);
  }

  /* Domains that, for all that is known, more people may be without than the weakest; where nobody surely lacks any, than the one shown. */
  function maybeWeaker(row) {
    const weak = weakest(row) ?? state.domain;
    if (state.minutes !== OWN) return [];
    const [{ low, high }, likely] = [gap(weak, row), gapLikely(weak, row)?.low];
    // Where nobody surely lacks the one shown its number is "at most": more is more than that.
    const least = Math.round(low ?? 0) ? Math.min(low, likely ?? Infinity) : likely ?? high ?? 0;
    return scored.filter((domain) => domain !== weak && reach(domain, row).kind === "known" && Math.round(gap(domain, row).high) > Math.round(least));
  }

  function firstDomain() {
    return domainOf(data.lead[0]) ?? data.domains[0];
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

  /* ---- a measure's number, in the unit that its name ends on ---- */

  const unitOf = (key) => /_(share|people|years|s|m|m2|m2_per_resident|per_km2|per_km|per_ha|per_h|per_1000)$/.exec(key)?.[1] ?? "";
  const isRange = (key) => ["share", "people"].includes(unitOf(key));

  function numberText(key, number) {
    const unit = unitOf(key);
    if (unit === "share") return percentText(number);
    if (unit === "s") return (number / 60).toFixed(1);
    if (key === RANK || (key.endsWith("_count") && Number.isInteger(number))) return whole(number);
    return Math.abs(number) < 10 && !["m", "people"].includes(unit) ? number.toFixed(2) : whole(number);
  }
  const inUnit = (key, shown) => (template(`units.${unitOf(key)}`) && !isRange(key) ? say(`units.${unitOf(key)}`, { number: shown }) : shown);

  /* The number of a measure in a row with its reason; nothing where the run does not have it, null where it has none here. */
  function known(key, row) {
    const found = measured(key, row);
    if (found === null) return null;
    const { value, low, high, reason } = found;
    const number = isRange(key) && low !== null ? low : value;
    const open = isRange(key) && low !== null && high - low > data.nothing_known_share && unitOf(key) === "share";
    return { ...found, number: open ? null : number, reason };
  }

  /* A walk that no place in the data ends is longer than the way to their edge: behind it a place may stand. */
  function walkCell({ value, low, reason }) {
    const isEdge = reason === "edge" && low !== null;
    if (value === null && !isEdge) return reason ? reasonText(reason) : say("cell.empty");
    const minutes = value === null ? reasonText(`> ${Math.floor(low / 60)} min`) : say("sentence.minutes", { minutes: digits((value / 60).toFixed(1)) });
    return [minutes, isEdge ? el("span", { class: "quiet" }, " · ", say("cell.edge")) : ""];
  }

  function measureCell(key, row) {
    const found = known(key, row);
    if (found === null) return null;
    if (unitOf(key) === "s") return walkCell(found);
    if (found.number === null) return found.reason ? reasonText(found.reason) : say("cell.empty");
    const part = { share: shares, people: counts }[unitOf(key)];
    return [
      part && found.low !== null ? part(found.low, found.high) : inUnit(key, digits(numberText(key, found.number))),
      found.reason && found.reason !== "unknown" ? el("span", { class: "quiet" }, " · ", reasonText(found.reason)) : ""];
  }

  const measureName = (key) => Object.values(template("measures")).find((labels) => key in labels)?.[key] ?? key;

  /* ---- names ---- */

  /* An area without a name is called by its number: "9000-114" is area 114 of locality 9000. */
  const number = (i) => /^\d+-([\d+]+)$/.exec(data.areas.ids[i])?.[1];
  const numbered = (i) => (number(i) ? `${template("page.area")} ${number(i)}` : data.areas.ids[i]);
  const ownName = (i) => nameOf(data.areas.names[i]) || numbered(i);
  const zoneTitle = (i) => {
    const [name, id] = [ownName(i), data.areas.ids[i]];
    return name === id ? [named(id)] : [named(name), " ", el("bdi", { class: "quiet", dir: "ltr" }, id)];
  };
  const times = {};
  function isShared(i) {
    times[state.language] ??= data.areas.ids.reduce((found, _, j) => found.set(ownName(j), (found.get(ownName(j)) ?? 0) + 1), new Map());
    return times[state.language].get(ownName(i)) > 1;
  }
  /* An area says which it is where another has the same name. */
  const zoneName = (i) => (isShared(i) ? `${ownName(i)} (${plain("which.zone", { number: `\u2066${number(i) ?? data.areas.ids[i]}\u2069` })})` : ownName(i));
  const subject = () => (state.row === CITY ? [named(local(data.city))] : zoneTitle(state.row - 1));
  const placeName = (i) => nameOf(data.places.names[i]) || local(data.categories[data.places.categories[i][0]].name);
  const profileName = (profile) => template(`profiles.${profile.key}`) ?? local(profile.name);
  const groupName = (group) => template(`groups.${group}`) ?? group;
  const categoryNames = (positions) => listed(positions.map((i) => named(local(data.categories[i].name))));

  return {
    scored, score, shareOf, people, part, isUncounted, reach, gapOf: gap, gapLikely, likely, likelyOf, shareText, maybeWeaker, shareCell, gap, domainOf, weakest, firstDomain, sentence, subject, zoneName, numbered, zoneTitle, placeName,
    known, measured, measureCell, walkCell, measureName, numberText, inUnit, unitOf, breaksOf, classOf, profileName, groupName, categoryNames,
  };
}
