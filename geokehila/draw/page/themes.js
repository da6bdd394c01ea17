/* What the map shows: a domain of the strip, or a measure of a theme; its classes, colours and words. */

const SHARE = "share", GAP = "gap"; // of the domain that the strip has chosen

function themesOf(data, state, words, reading) {
  const { template, local, say, plain, named, digits, counts } = words;
  const { reach, shareCell, known, measureCell, measureName, numberText, inUnit, unitOf } = reading;
  const { ramps, belief, unknown } = data.palette;
  const BELIEF = "belief.";

  /* Every choice by its theme: [theme, [key, label, reason why it is absent]]. */
  function choices() {
    const measures = ({ key, absent }) => [key, measureName(key), absent];
    const [domains, gaps, ...others] = data.themes;
    return [
      [domains.key, [[SHARE, plain("theme.share")]]],
      [gaps.key, [[GAP, plain("theme.gap")]]],
      ...others.map((theme) => [theme.key, theme.measures.map(measures)]),
      ["confidence", Object.keys(data.areas.belief).map((subject) => [`${BELIEF}${subject}`, template(`belief.${subject}`)])]];
  }

  const find = (key) => data.themes.flatMap((theme) => theme.measures).find((measure) => measure.key === key);
  const ofDomain = (what) => find(`domain_${state.domain.key}_${what}`);

  /* The measure that is shown: its key, breaks, and whether more of it is better. */
  function shown() {
    if (state.shows === SHARE) return ofDomain("share");
    if (state.shows === GAP) return ofDomain("beyond_people");
    return find(state.shows) ?? null;
  }

  const subjectOf = () => (state.shows.startsWith(BELIEF) ? state.shows.slice(BELIEF.length) : null);
  const isOfDomain = () => [SHARE, GAP].includes(state.shows);

  /* What the map shows of an area: its colour, whether what is not known could make it another, and of what kind it is. */
  function at(row) {
    if (subjectOf()) {
      const [told] = data.areas.belief[subjectOf()][row - 1];
      return told === "unknown" ? { kind: "unknown", colour: unknown, hatch: true } : { kind: "known", colour: belief[told] };
    }
    const found = isOfDomain() ? ofStrip(row) : ofMeasure(row);
    if (found.kind === "unknown") return { ...found, colour: unknown, hatch: true };
    if (found.kind === "uncounted") return { ...found, colour: unknown };
    if (found.kind !== "known") return found;
    const { breaks, more } = shown();
    const classes = [found.number, ...found.between].map((number) => reading.classOf(number, breaks));
    return { ...found, colour: ramps[more][classes[0]], hatch: classes.some((one) => one !== classes[0]) };
  }

  function ofStrip(row) {
    const found = reach(state.domain, row);
    if (found.kind !== "known") return found;
    const likely = reading.likely(state.domain, row);
    if (state.shows === SHARE) return { ...found, number: found.low, between: [found.high, likely?.high ?? found.high] };
    const { low, high } = reading.gapOf(state.domain, row);
    return low === null ? { kind: "unknown" } : { ...found, number: low, between: [high, reading.gapLikely(state.domain, row)?.low ?? low] };
  }

  function ofMeasure(row) {
    const found = known(state.shows, row);
    const all = shown().within ? reading.measured(shown().within, row) : null;
    if (found?.number !== null && found !== null) return { kind: "known", number: found.number, between: [all?.low, all?.high, found.low, found.high].map((end) => end ?? found.number) };
    if (reading.isUncounted(row)) return { kind: "uncounted" };
    return { kind: reading.people(row) === 0 || found === null ? "no_people" : "unknown" };
  }

  /* The words of what the map shows of an area. */
  function cell(row) {
    const subject = subjectOf();
    if (subject) {
      const [told, reason] = data.areas.belief[subject][row - 1];
      return say("belief.line", { subject: template(`theme.${told}`), reason: template(`belief.${reason}`) ?? "" });
    }
    if (state.shows === GAP && reach(state.domain, row).kind === "known") {
      const { low, high } = reading.gapOf(state.domain, row);
      return say("sentence.people", { people: counts(low, high) });
    }
    return isOfDomain() ? shareCell(state.domain, row) : measureCell(state.shows, row) ?? say("cell.empty");
  }

  function title() {
    const domain = named(state.domain ? local(state.domain.name) : "");
    if (subjectOf()) return say("theme.belief", { subject: template(`belief.${subjectOf()}`) });
    if (state.shows === SHARE) return say("legend.title", { domain });
    return state.shows === GAP ? say("theme.gap_title", { domain }) : measureName(state.shows);
  }

  /* The classes of what is shown: [colour, words]. */
  function classes() {
    if (subjectOf()) return ["measured", "thin"].map((told) => [belief[told], template(`theme.${told}`)]);
    const { key, breaks, more } = shown();
    const text = (number) => digits(breaksText(key, number));
    const between = (low, high) => digits(`${breaksText(key, low)}–${breaksText(key, high)}`);
    const of = (words) => inUnit(key, words);
    return ramps[more].map((colour, i) => [colour,
      i === 0 ? say("theme.below", { number: of(text(breaks[0])) })
        : i === breaks.length ? say("theme.from", { number: of(text(breaks[i - 1])) }) : of(between(breaks[i - 1], breaks[i]))]);
  }
  const breaksText = (key, number) => (unitOf(key) === "share" ? numberText(key, number) : String(number));

  /* Which way is better, and what the colour stands for where it is a range. */
  function direction() {
    if (subjectOf()) return [];
    const { key, more, within } = shown();
    if (within) return [say(`theme.${more}`), " ", ofKnown()];
    const note = { share: isOfDomain() ? "legend.low" : "theme.low", people: "theme.low_people" }[unitOf(key)];
    return [say(`theme.${more}`), ...(note && (isOfDomain() || known(key, CITY)?.low != null) ? [" ", say(note)] : [])];
  }

  /* Of which domains a measure does not tell that is of the known ones alone. */
  function ofKnown() {
    const open = reading.scored.filter((domain) => known(`domain_${domain.key}_share`, CITY)?.number == null);
    return open.length ? say("theme.of_known_but", { list: words.listed(open.map((domain) => named(local(domain.name)))) }) : say("theme.of_known");
  }

  /* What the run could not measure, by reason. */
  function absent() {
    return data.themes.flatMap((theme) => theme.measures).filter((measure) => measure.absent && !/^domain_/.test(measure.key))
      .map((measure) => [measureName(measure.key), template(`absent.${measure.absent}`) ?? measure.absent]);
  }

  return { choices, at, cell, title, classes, direction, absent, isOfDomain };
}
